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

// EIP-170: the largest code a chain accepts, in bytes.
const CODE_BYTES_MAX = 24_576;
// What is deployed lies directly in these folders; the others hold interfaces, libraries and bases.
const DEPLOYED_FOLDERS = ["src", "src/beacons", "src/systems"];

const settings = {
  optimizer: { enabled: true, runs: 200 },
  viaIR: true,
  evmVersion: "prague",
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
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

function artifacts(contracts) {
  const found = new Map();
  for (const [file, inFile] of Object.entries(contracts)) {
    if (!DEPLOYED_FOLDERS.includes(dirname(file))) continue;
    for (const [name, { abi, evm }] of Object.entries(inFile)) {
      const deployed = evm.deployedBytecode.object;
      if (deployed === "") continue;
      const codeBytes = deployed.length / 2;
      if (codeBytes > CODE_BYTES_MAX) {
        throw new Error(`${name} has ${codeBytes} bytes of code, expected at most ${CODE_BYTES_MAX}`);
      }
      const artifact = {
        abi: withoutValueTypes(abi),
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${deployed}`,
      };
      found.set(name, { codeBytes, text: `${JSON.stringify(artifact, null, 1)}\n` });
    }
  }
  return found;
}

// The ABI with value types as what they are made of: a struct of another interface may name one that
// the reader of this ABI has nowhere defined.
function withoutValueTypes(abi) {
  const text = JSON.stringify(abi, (key, value) => {
    if (value?.internalType === undefined) return value;
    const { internalType, ...rest } = value;
    return { internalType: /^[A-Z]\w*$/.test(internalType) ? rest.type : internalType, ...rest };
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
