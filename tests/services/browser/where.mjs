// Prints the path of the Chromium that the package carries, unpacked on first use.
import chromium from "@sparticuz/chromium";

console.log(await chromium.executablePath());
