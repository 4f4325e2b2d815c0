// Compiles the contracts that are deployed and writes artifacts/<Contract>.json.
//
//   node build.mjs           writes the artifacts
//   node build.mjs --check   compiles, compares with the committed files, changes nothing
//
// An artifact is {abi, bytecode, deployedBytecode}. The settings leave nothing of the machine in
// the bytes (no metadata, no paths), so equal sources give equal files everywhere; the Rust side
// reads them and needs no Solidity compiler.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const solc = createRequire(import.meta.url)("solc");
const here = dirname(fileURLToPath(import.meta.url));
const sourceFolder = join(here, "src");
const artifactFolder = join(here, "artifacts");

// Four fifths of what a chain accepts (EIP-170) and a little, so that a correction always fits; in bytes.
const CODE_BYTES_MAX = 20_000;
// EIP-3860: the largest creation code a chain accepts.
const CREATION_BYTES_MAX = 49_152;
// What is deployed lies directly in these folders; the others hold interfaces, libraries and bases.
const DEPLOYED_FOLDERS = ["src", "src/beacons", "src/systems"];
// What another contract creates for itself out of its own creation code, to run on its storage. The artifact of a part
// of the arena is there to know its code by and has no ABI, as its calls are the arena's.
const PARTS_FOLDER = "src/parts";
// Whose parts are not the arena's.
const OWNERS = { Trials: "Demands" };
// Whose storage the parts run on, and the interface of its calls.
const ARENA = "Arena";
const ARENA_INTERFACE = ["src/interfaces/IArena.sol", "IWholeArena"];

const settings = {
  optimizer: { enabled: true, runs: 200 },
  viaIR: true,
  evmVersion: "prague",
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "storageLayout"] } },
};

function readSources() {
  const files = readdirSync(sourceFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sol"))
    .map((entry) => relative(here, join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
  return Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(join(here, file), "utf8") }]),
  );
}

function compile(sources) {
  const input = { language: "Solidity", sources, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const messages = output.errors ?? [];
  if (messages.length > 0) {
    throw new Error(messages.map((message) => message.formattedMessage).join("\n"));
  }
  return output.contracts;
}

// What is deployed or a part, by name: its code's size, its storage and the text of its artifact.
function artifacts(contracts) {
  const found = new Map();
  for (const [file, inFile] of Object.entries(contracts)) {
    const isPart = dirname(file) === PARTS_FOLDER;
    if (!isPart && !DEPLOYED_FOLDERS.includes(dirname(file))) continue;
    for (const [name, { abi, evm, storageLayout }] of Object.entries(inFile)) {
      const [creation, deployed] = [evm.bytecode.object, evm.deployedBytecode.object];
      if (deployed === "") continue;
      const codeBytes = deployed.length / 2;
      requireAtMost(CODE_BYTES_MAX, codeBytes, `${name}'s code`);
      requireAtMost(CREATION_BYTES_MAX, creation.length / 2, `${name}'s creation code`);
      const artifact = {
        abi: isPart && ownerOf(name) === ARENA ? [] : readable(name === ARENA ? named(abi, interfaceOfArena(contracts)) : abi),
        bytecode: `0x${creation}`,
        deployedBytecode: `0x${deployed}`,
      };
      const text = `${JSON.stringify(artifact, null, 1)}\n`;
      found.set(name, { codeBytes, isPart, text, storage: storageOf(storageLayout) });
    }
  }
  requireOneStorage(found);
  return found;
}

function requireAtMost(limit, bytes, what) {
  if (bytes > limit) throw new Error(`${what} has ${bytes} bytes, expected at most ${limit}`);
}

// Where each variable is, and of what type.
function storageOf({ storage, types }) {
  return JSON.stringify([storage, types], (key, value) => (["astId", "contract"].includes(key) ? undefined : value));
}

function ownerOf(part) {
  return OWNERS[part] ?? ARENA;
}

// A part that took a variable of its owner for another would move coin that is not there.
function requireOneStorage(found) {
  for (const [name, { isPart, storage }] of found) {
    const owner = ownerOf(name);
    if (isPart && storage !== found.get(owner).storage) {
      throw new Error(`${name} has other storage than ${owner}, of which it is a part`);
    }
  }
}

function interfaceOfArena(contracts) {
  const [file, name] = ARENA_INTERFACE;
  return contracts[file][name].abi;
}

// The ABI with the functions of an interface: what is handed to a part has no names for its parameters, or is in the
// arena's own ABI not at all.
function named(abi, ofInterface) {
  const others = abi.filter(({ type }) => type !== "function" && type !== "fallback");
  return [...others, ...ofInterface.filter(({ type }) => type === "function")];
}

// The ABI with value types as what they are made of: a struct of another interface may name one that
// the reader of this ABI has nowhere defined. The types of the arena are its interface's, whichever file they are in.
function readable(abi) {
  const text = JSON.stringify(abi, (key, value) => {
    if (value?.internalType === undefined) return value;
    const { internalType, ...rest } = value;
    const ofInterface = internalType.replace("IArenaTypes.", "IArena.");
    return { internalType: /^[A-Z]\w*(\[\d*\])*$/.test(ofInterface) ? rest.type : ofInterface, ...rest };
  });
  return JSON.parse(text);
}

function committed() {
  const files = readdirSync(artifactFolder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => [file.slice(0, -5), readFileSync(join(artifactFolder, file), "utf8")]),
  );
}

function differences(built) {
  const stored = committed();
  const names = new Set([...built.keys(), ...stored.keys()]);
  return [...names].filter((name) => built.get(name)?.text !== stored.get(name)).sort();
}

function write(built) {
  rmSync(artifactFolder, { recursive: true, force: true });
  mkdirSync(artifactFolder);
  for (const [name, { text }] of built) writeFileSync(join(artifactFolder, `${name}.json`), text);
}

const built = artifacts(compile(readSources()));
for (const [name, { codeBytes }] of built) {
  console.log(`${name.padEnd(20)} ${String(codeBytes).padStart(6)} of ${CODE_BYTES_MAX} bytes`);
}
if (process.argv.includes("--check")) {
  const changed = differences(built);
  if (changed.length > 0) {
    console.error(`artifacts differ from the sources: ${changed.join(", ")}; run node build.mjs`);
    process.exitCode = 1;
  }
} else {
  write(built);
}
