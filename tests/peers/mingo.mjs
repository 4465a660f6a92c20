// Answers the conformance cases with mingo and compares with what the cases say.
//
// A case is run where mingo can answer it: its values are JavaScript's own (no 64-bit integers, decimals or
// ObjectIds), it needs neither a clock nor a collation, it is no error, and mingo does not refuse it.
// What it answers otherwise is listed in mingo.json with the reason; the list is exact in both directions.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Aggregator, find, Query, updateOne } from "mingo";

const here = dirname(fileURLToPath(import.meta.url));
const corpus = join(here, "..", "conformance");

/** What only MongoDB's clock or a validator beside mingo could answer. */
const NEEDS_MORE = /\$\$NOW|\$currentDate|\$jsonSchema/;

class NotPlain extends Error {}

const PLAIN = {
  $numberInt: (text) => exact(Number(text)),
  $numberLong: (text) => exact(Number(text)),
  $numberDouble: (text) => exact(Number(text)),
  $date: (date) => new Date(typeof date === "string" ? date : Number(date.$numberLong)),
  $regularExpression: ({ pattern, options }) => new RegExp(pattern, options),
};
const TYPED = new Set(
  "$numberDecimal $oid $binary $timestamp $minKey $maxKey $undefined $symbol $code $dbPointer $uuid".split(" "),
);

function exact(number) {
  const isWhole = Number.isInteger(number);
  if (!Number.isFinite(number) || Object.is(number, -0) || (isWhole && !Number.isSafeInteger(number))) {
    throw new NotPlain();
  }
  return number;
}

/** Extended JSON as JavaScript's own values. */
function plain(value) {
  if (typeof value === "number") return exact(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  const [name] = Object.keys(value);
  if (TYPED.has(name)) throw new NotPlain();
  if (name in PLAIN) return PLAIN[name](value[name]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** What mingo answers to a case, and what the case says; nothing where the case asks nothing of it. */
function ask(test) {
  const document = structuredClone(test.document ?? {});
  if ("matches" in test) return [new Query(test.filter).test(document), test.matches];
  if ("sorted" in test) return [find([...test.sorted].reverse(), {}).sort(test.sort).all(), test.sorted];
  if ("projection" in test) return [find([document], test.filter ?? {}, test.projection).all()[0], test.result];
  if ("expression" in test) {
    return [new Aggregator([{ $replaceWith: { v: test.expression } }]).run([document])[0].v, test.result];
  }
  if ("pipeline" in test) return [new Aggregator(test.pipeline).run([document])[0], test.result];
  if ("update" in test && test.document) {
    const documents = [document];
    updateOne(documents, test.filter ?? {}, test.update, { arrayFilters: test.arrayFilters });
    return [documents[0], test.result ?? test.document];
  }
  return undefined;
}

/** Holes of arrays are null, and fields without a value are none. */
const tidy = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

function agrees(raw) {
  if (raw.error || raw.metadata || raw.collation || NEEDS_MORE.test(JSON.stringify(raw))) return undefined;
  try {
    const asked = ask(plain(raw));
    return asked && isDeepStrictEqual(tidy(asked[0]), tidy(asked[1]));
  } catch {
    return undefined;
  }
}

/** Disagreements by file and name. */
function run() {
  const found = new Map();
  let ran = 0;
  const files = readdirSync(corpus, { recursive: true }).filter((file) => file.endsWith(".json"));
  for (const file of files.map((file) => file.replaceAll("\\", "/")).sort()) {
    for (const raw of JSON.parse(readFileSync(join(corpus, file), "utf8")).cases) {
      const agreed = agrees(raw);
      if (agreed === undefined) continue;
      ran += 1;
      const place = `${file}: ${raw.name}`;
      if (!agreed) found.set(place, (found.get(place) ?? 0) + 1);
    }
  }
  return { ran, found };
}

function argued() {
  const listed = new Map();
  const { disagreements } = JSON.parse(readFileSync(join(here, "mingo.json"), "utf8"));
  for (const { because, cases } of disagreements) {
    for (const [file, names] of Object.entries(cases)) {
      for (const [name, count] of Object.entries(names)) listed.set(`${file}: ${name}`, { count, because });
    }
  }
  return listed;
}

const { ran, found } = run();
const listed = argued();
const faults = [];
for (const [place, count] of found) {
  const argument = listed.get(place);
  if (argument?.count !== count) faults.push(`${place}: mingo differs ${count} times, argued ${argument?.count ?? 0}`);
}
for (const place of listed.keys()) if (!found.has(place)) faults.push(`${place}: argued, but mingo agrees`);
faults.forEach((fault) => console.error(fault));
const differ = [...found.values()].reduce((sum, count) => sum + count, 0);
console.log(`mingo answered ${ran} cases, ${ran - differ} as they say`);
console.log(`test result: ${faults.length ? "FAILED" : "ok"}. ${ran - faults.length} passed; ${faults.length} failed;`);
process.exitCode = faults.length || ran < 2000 ? 1 : 0;
