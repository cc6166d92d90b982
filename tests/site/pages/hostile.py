"""Thirty texts as somebody would write them who wants a page, a feed, a spreadsheet or a terminal to do something.

Belongs here: texts that would call `owned()` or ask an address of their own if they were anything but text. Does not
belong here: where they are put (`tests.site.world`).
"""

from __future__ import annotations

_ADDRESS = "http://127.0.0.1:9"
TEXTS = (
    "<script>owned()</script>",
    "</script><script>owned()</script>",
    "</title><script>owned()</script>",
    "</textarea></style></noscript><script>owned()</script>",
    f'"><img src={_ADDRESS}/x onerror=owned()>',
    f"'><img src={_ADDRESS}/y onload=owned()>",
    "<svg onload=owned()>",
    "'><svg><animate onbegin=owned() attributeName=x dur=1s>",
    f'<iframe srcdoc="<script>parent.owned()</script>" src={_ADDRESS}></iframe>',
    '<a href="javascript:owned()" autofocus onfocus=owned()>here</a>',
    "javascript:owned()",
    "data:text/html,<script>owned()</script>",
    '" onmouseover="owned()" style="position:fixed;inset:0" x="',
    "` onload=owned() `",
    f"<meta http-equiv=refresh content='0;url={_ADDRESS}'>",
    f"<base href={_ADDRESS}/><link rel=stylesheet href={_ADDRESS}/x.css>",
    f"<style>*{{background:url({_ADDRESS}/z)}}</style>",
    f"<form action={_ADDRESS}><button formaction=javascript:owned()>Continue</button></form>",
    f"<object data={_ADDRESS}></object><embed src={_ADDRESS}>",
    "<details open ontoggle=owned()><summary>x</summary></details>",
    "<!--><script>owned()</script>-->",
    "<![CDATA[<script>owned()</script>]]>",
    "]]></content><script>owned()</script>",
    '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;&lt;script&gt;owned()&lt;/script&gt;',
    "{{7*7}}{% raw %}{{ ''.__class__ }}${7*7}#{7*7}<%= 7*7 %>%(n)s%s{0}",
    '=HYPERLINK("http://127.0.0.1:9";"x")|\' /C calc\'!A0',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)\t=1+1\r\n=1+1",
    "\u202egnp.exe\u2066\u0000\x1b[31m\x07\u2028owned()\ufeff",
    "'; DROP TABLE labels; --\\'\\\"",
)
#: All of them in one text, for what is said once.
TEXT = " ".join(TEXTS)
#: Markup, a formula and marks of direction in one line.
MARKUP = (
    '<script>document.title="owned"</script>"><img src=http://127.0.0.1:9/x onerror=document.title="owned">'
    "'><svg onload=document.title='owned'>{{7*7}}{% raw %}=cmd()|' /C calc'!A0\u202egnp.exe\u2066\u0000\x1b[31m"
)
