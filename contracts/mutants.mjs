// Tests the tests: makes one small mistake at a time in a contract and demands that a test notices.
//
//   node mutants.mjs               every mutant
//   node mutants.mjs --list        their names
//   node mutants.mjs --some        every twentieth; which of them depends on the contracts' content
//   node mutants.mjs "paid twice"  those whose name contains the text
//
// mutants.json lists them: {name, file, from, to, invariant, contract}; `from` occurs exactly once in the file.
// Each is compiled in memory, without the optimizer, and deployed by tests that were compiled once;
// the sources are never touched. A mutant is killed if a test fails. Where `invariant` is true, the
// invariants have to kill it alone: they are to find what nobody thought of a test for. `contract` names
// the contract whose tests have to kill it, where the file is a part of several.
// The contracts that they are mutants of are run first as they are, in the same way, and must pass.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");
const here = dirname(fileURLToPath(import.meta.url));
const forge = join(here, "forge");
const folder = join(here, "cache", "mutants");

// For each contract: its folder, where it is not src, the variable that its tests take another artifact from, and those tests.
const CONTRACTS = {
  Arena: {
    variable: "NETS_ARENA",
    units: "^(Accounts|Leagues|Members|Rounds|CodePublication|Claims|Outcomes|Holds|Payouts|Equivocations|Proposals|Enrolments|BatchPublication|BatchEquivocations)Test$",
    invariants: "^(Arena|Batch)Invariants$",
  },
  Court: { variable: "NETS_COURT", units: "^(Court.*|.*TracesTest)$" },
  HashChainBeacon: { folder: "src/beacons", variable: "NETS_HASH_CHAIN_BEACON", units: "^HashChainBeaconTest$" },
  DrandBeacon: { folder: "src/beacons", variable: "NETS_DRAND_BEACON", units: "^DrandBeaconTest$" },
  RandaoBeacon: { folder: "src/beacons", variable: "NETS_RANDAO_BEACON", units: "^RandaoBeaconTest$" },
  SharedBeacon: { folder: "src/beacons", variable: "NETS_SHARED_BEACON", units: "^SharedBeaconTest$" },
  Clocks: { variable: "NETS_CLOCKS", units: "^Clocks.*Test$" },
  Demands: {
    variable: "NETS_DEMANDS",
    units: "^(Demands|Descents|Trials)Test$",
    invariants: "^(Demands|Trials)Invariants$",
  },
  Machine: { variable: "NETS_MACHINE", units: "^Machine(Memory)?Test$" },
};

// The tests that most likely notice a mistake in a file, tried before all others of its contract.
const FIRST = {
  "src/arena/Enrolments.sol": "^EnrolmentsTest$",
  "src/arena/Proposals.sol": "^ProposalsTest$",
  "src/court/CourtBase.sol": "^CourtTest$",
  "src/court/CourtEntries.sol": "^Court(Entries|UnplayedClaims|TotalClaims)Test$",
  "src/court/CourtMatches.sol": "^CourtMatchesTest$",
  "src/court/CourtRanks.sol": "^CourtRanksTest$",
  "src/court/CourtSignatures.sol": "^Court(SignedSnake|Unsigned)Test$",
  "src/court/CourtTraces.sol": "^(ConnectFourTraces|CourtWithoutStepContract)Test$",
  "src/libraries/Leaves.sol": "^(Court|ConnectFourTraces)Test$",
  "src/libraries/Schedule.sol": "^CourtMatchesTest$",
  "src/libraries/Tree.sol": "^CourtTest$",
  "src/parts/Trials.sol": "^TrialsTest$",
};

// The contract that a file is a part of.
function contractOf(file) {
  if (file === "src/libraries/Bls12381.sol") return "DrandBeacon";
  if (file.startsWith("src/machine/") || file === "src/libraries/Sha256.sol") return "Machine";
  const signed = ["src/libraries/Digests.sol", "src/libraries/Signatures.sol"].includes(file);
  const ofArena = file.startsWith("src/arena/") || file.startsWith("src/parts/") || signed;
  const ofDemands =
    file.startsWith("src/demands/") || ["src/libraries/Clock.sol", "src/parts/Trials.sol"].includes(file);
  const ofCourt = file.startsWith("src/court/") || file.startsWith("src/libraries/");
  if (ofDemands) return "Demands";
  return ofArena ? "Arena" : ofCourt ? "Court" : posix.basename(file, ".sol");
}

function readMutants(text) {
  const mutants = JSON.parse(readFileSync(join(here, "mutants.json"), "utf8"));
  for (const { name, file, from } of mutants) {
    const occurrences = readFileSync(join(here, file), "utf8").split(from).length - 1;
    if (occurrences !== 1) throw new Error(`${name}: expected its text once in ${file}, got ${occurrences}`);
  }
  return mutants.filter((mutant) => mutant.name.includes(text));
}

// Compiles a contract with one file replaced and returns its creation code.
function compile(contract, replaced = {}) {
  const file = `${CONTRACTS[contract].folder ?? "src"}/${contract}.sol`;
  const read = (path) => ({ contents: replaced[path] ?? readFileSync(join(here, path), "utf8") });
  const input = {
    language: "Solidity",
    sources: { [file]: { content: read(file).contents } },
    settings: { evmVersion: "prague", outputSelection: { [file]: { [contract]: ["evm.bytecode.object"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  return output.contracts[file][contract].evm.bytecode.object;
}

function run(options, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(forge, options, { cwd: here, env: { ...process.env, ...environment } });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (code) => resolve({ code, output }));
  });
}

// Whether the tests pass with this code; an error where they did not run, which ends forge badly too.
async function passes(contract, tests, code, id) {
  const artifact = join(folder, `${id}.json`);
  writeFileSync(artifact, JSON.stringify({ abi: [], bytecode: { object: `0x${code}` } }));
  const { code: status, output } = await run(["test", "--match-contract", tests, "--fail-fast"], {
    [CONTRACTS[contract].variable]: artifact,
    // Fewer runs than the suite proper: a mistake worth a mutant shows soon. Where nothing but a sequence of calls
    // can find it, a few more.
    FOUNDRY_FUZZ_RUNS: "16",
    FOUNDRY_INVARIANT_RUNS: "16",
    FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0",
    // What fails here must not be tried again elsewhere.
    FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: join(folder, `${id}-fuzz`),
    FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: join(folder, `${id}-invariant`),
  });
  if (status !== 0 && output.includes("[FAIL")) return false;
  if (status === 0 && output.includes("Suite result: ok")) return true;
  throw new Error(`the tests did not run:\n${output}`);
}

async function isKilled({ file, from, to, invariant, contract = contractOf(file) }, id) {
  const source = readFileSync(join(here, file), "utf8");
  const code = compile(contract, { [file]: source.replace(from, () => to) });
  const { units, invariants } = CONTRACTS[contract];
  for (const tests of invariant ? [] : [FIRST[file], units].filter(Boolean)) {
    if (!(await passes(contract, tests, code, id))) return true;
  }
  return invariants !== undefined && !(await passes(contract, invariants, code, id));
}

async function requireUnchangedToPass(mutants) {
  const concerned = new Set(mutants.map(({ file, contract = contractOf(file) }) => contract));
  const suites = [...concerned].flatMap((contract) => {
    const { units, invariants } = CONTRACTS[contract];
    const code = compile(contract);
    return [units, invariants].filter(Boolean).map((tests) => ({ contract, tests, code }));
  });
  await eachAtOnce(suites, async ({ contract, tests, code }, id) => {
    if (!(await passes(contract, tests, code, `unchanged-${id}`))) throw new Error(`${contract} fails unchanged`);
  });
}

// Does something with each item, as many at a time as there are processors, in order.
async function eachAtOnce(items, action) {
  const rest = items.entries();
  const worker = async () => {
    for (const [id, item] of rest) await action(item, id);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function judge(mutant, id, survivors) {
  const started = Date.now();
  const killed = await isKilled(mutant, id);
  if (!killed) survivors.push(mutant.name);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${killed ? "killed  " : "SURVIVED"} ${seconds.padStart(5)} s  ${mutant.name}`);
}

// Every twentieth mutant. A change of anything that is compiled or tested may change which, so that none is left out
// for long.
function someOf(mutants) {
  const files = ["src", "test"].flatMap((root) =>
    readdirSync(join(here, root), { recursive: true }).map((file) => join(here, root, file)),
  );
  const sources = files.filter((file) => file.endsWith(".sol")).sort();
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(file));
  const first = hash.digest().readUInt32LE() % 20;
  return mutants.filter((_, index) => index % 20 === first);
}

const named = readMutants(process.argv.slice(2).find((option) => !option.startsWith("--")) ?? "");
const mutants = process.argv.includes("--some") ? someOf(named) : named;
if (process.argv.includes("--list")) {
  for (const { name, file } of mutants) console.log(`${file}: ${name}`);
} else {
  const started = Date.now();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { code, output } = await run(["build"]);
  if (code !== 0) throw new Error(`the contracts do not compile as they are:\n${output}`);
  await requireUnchangedToPass(mutants);
  const survivors = [];
  await eachAtOnce(mutants, (mutant, id) => judge(mutant, id, survivors));
  rmSync(folder, { recursive: true, force: true });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`${mutants.length - survivors.length} of ${mutants.length} mutants killed in ${seconds} s`);
  if (survivors.length > 0) process.exitCode = 1;
}
