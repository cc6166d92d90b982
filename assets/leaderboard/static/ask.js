// "Ask the tables": DuckDB in the browser, loaded when the first query is run. All text enters the page as text.
// No module: browsers load none from a folder, and such a page has to say so.
"use strict";
(() => {
  const form = document.getElementById("ask");
  const words = form.dataset;
  const sql = document.getElementById("sql");
  const question = document.getElementById("question");
  const status = document.getElementById("status");
  const edition = document.getElementById("edition");
  const answer = document.getElementById("answer");
  const csv = document.getElementById("csv");
  const SHOWN = 500;
  let connection = null;
  let statements = null;

  const here = (address) => new URL(address, document.baseURI).href;
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  async function connect() {
    if (location.protocol === "file:") throw new Error(words.file);
    status.textContent = words.loading;
    let engine;
    try {
      engine = await import(here(words.script));
    } catch {
      throw new Error(words.missing);
    }
    const database = new engine.AsyncDuckDB(new engine.VoidLogger(), new Worker(here(words.worker)));
    await database.instantiate(here(words.module));
    // Parts of the file are read as they are needed, where the server can give parts.
    await database.open({
      filesystem: { allowFullHTTPReads: true, forceFullHTTPReads: false, reliableHeadRequests: true },
    });
    await database.registerFileURL("cliche.duckdb", here(words.database), engine.DuckDBDataProtocol.HTTP, false);
    const opened = await database.connect();
    await opened.query("ATTACH 'cliche.duckdb' AS cliche (READ_ONLY)");
    await opened.query("SET search_path = 'cliche.main,cliche.study'");
    // A query reads these tables and nothing else: no extensions, no addresses, whoever wrote it.
    await opened.query("SET autoinstall_known_extensions = false");
    await opened.query("SET autoload_known_extensions = false");
    await opened.query("SET enable_external_access = false");
    await opened.query("SET lock_configuration = true");
    const note = await fetch(here(words.note)).then((found) => (found.ok ? found.json() : null), () => null);
    if (note) edition.textContent = filled(words.edition, note);
    return opened;
  }

  // Values are put into words by DuckDB, so that they read as its own client shows them.
  async function run() {
    form.setAttribute("aria-busy", "true");
    answer.hidden = csv.hidden = true;
    try {
      connection ??= await connect();
      status.textContent = words.running;
      const begun = performance.now();
      const statement = sql.value.trim().replace(/(?:;\s*)+$/, "");
      await connection.query(`CREATE OR REPLACE TEMP TABLE temp.answer AS FROM (\n${statement}\n)`);
      const seconds = ((performance.now() - begun) / 1000).toLocaleString(document.documentElement.lang, {
        maximumFractionDigits: 1,
      });
      const counted = await connection.query("SELECT count(*)::VARCHAR AS n FROM temp.answer");
      const n = Number(counted.get(0).n);
      const found = await connection.query(`SELECT COLUMNS(*)::VARCHAR FROM temp.answer LIMIT ${SHOWN}`);
      show(found);
      const say = n === 1 ? words.row : n > SHOWN ? words.first : words.rows;
      const number = (value) => value.toLocaleString(document.documentElement.lang);
      status.textContent = filled(say, { n: number(n), shown: number(SHOWN), s: seconds });
      csv.hidden = false;
    } catch (error) {
      status.textContent = connection ? String(error.message ?? error).split("\n    at ")[0] : String(error.message ?? error);
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  function show(found) {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    const names = found.schema.fields.map((field) => field.name);
    for (const name of names) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    const body = table.createTBody();
    for (const values of found) {
      const row = body.insertRow();
      names.forEach((name, place) => {
        const cell = row.insertCell();
        const value = values[name];
        cell.textContent = value ?? words.null;
        if (value === null) cell.className = "none";
        if (place === 0) cell.lang = "zxx";
      });
    }
    answer.replaceChildren(table);
    answer.hidden = false;
  }

  // A spreadsheet runs what begins like a formula: such text gets an apostrophe, as in the CSV files of an edition.
  const field = (value) => {
    const text = value ?? "";
    const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  async function download() {
    const found = await connection.query("SELECT COLUMNS(*)::VARCHAR FROM temp.answer");
    const names = found.schema.fields.map((one) => one.name);
    const lines = [names.map(field).join(",")];
    for (const values of found) lines.push(names.map((name) => field(values[name])).join(","));
    const made = URL.createObjectURL(new Blob([lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = made;
    link.download = "answer.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(made), 10000);
  }

  function put(text) {
    sql.value = text;
    sql.setSelectionRange(0, 0);
    sql.scrollTop = 0;
  }

  async function choose(name) {
    if (!name) return;
    statements ??= await fetch(here(words.statements)).then((found) => found.json(), () => null);
    if (!statements) status.textContent = location.protocol === "file:" ? words.file : filled(words.failed, { why: words.statements });
    else if (Object.hasOwn(statements, name)) put(statements[name]);
  }

  // #question=NAME and #sql=… put a query into the field; it is the reader who runs it.
  async function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.get("sql")) {
      question.value = "";
      put(asked.get("sql"));
    } else if (asked.get("question")) {
      question.value = asked.get("question");
      await choose(question.value);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  sql.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  });
  question.addEventListener("change", () => choose(question.value));
  csv.addEventListener("click", () => download());
  addEventListener("hashchange", follow);
  follow();
})();
