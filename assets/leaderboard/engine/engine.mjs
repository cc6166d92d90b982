// What the page needs of the package; everything else stays out of the bundle.
export { AsyncDuckDB, DuckDBDataProtocol, VoidLogger } from "@duckdb/duckdb-wasm";
