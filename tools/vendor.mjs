/**
 * Copy what the tablet app imports from node_modules into a folder that can be served as it is:
 *
 *     node tools/vendor.mjs server/tablet/vendor
 *
 * `dexie.mjs`, `hpke.js` and `argon2.js` are ES modules. Browsers find modules by path alone, so names of packages in
 * imports become relative paths, and only the files that are really reached are copied. LICENSES.txt says whose work it is.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

const PACKAGES = "node_modules";
const HPKE = { "@hpke/core": "hpke/core/mod.js", "@hpke/common": "hpke/common/mod.js" };
/** An import or export of a whole line; `import("crypto")` further in is for machines without WebCrypto, never reached. */
const IMPORT = /^((?:import|export) (?:.* from )?)"([^"\n]+)"/gm;
const SOURCE_MAP = /^\/\/# sourceMappingURL=.*$/gm;

const target = process.argv[2];
const fresh = `${target}.new`;

/** Put a file under its name in the new folder. */
function put(name, text) {
  mkdirSync(dirname(join(fresh, name)), { recursive: true });
  writeFileSync(join(fresh, name), text.replace(SOURCE_MAP, ""));
}

/** The text of a file of a package. */
function take(name) {
  return readFileSync(join(PACKAGES, name), "utf8");
}

/** Where a module of HPKE lies in its package: hpke/core/src/x.js is @hpke/core/esm/src/x.js. */
function origin(name) {
  return name.replace(/^hpke\/(\w+)\//, "@hpke/$1/esm/");
}

/** Copy a module of HPKE and whatever it imports; imports that lead out of the two packages are refused. */
function copyHpke(name, done = new Set()) {
  if (done.has(name)) return;
  done.add(name);
  const text = take(origin(name)).replace(IMPORT, (_, before, wanted) => {
    const found = wanted.startsWith(".") ? posix.join(posix.dirname(name), wanted) : HPKE[wanted];
    if (!found) throw new Error(`${origin(name)} imports ${wanted}, which is not copied`);
    copyHpke(found, done);
    const path = posix.relative(posix.dirname(name), found);
    return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
  });
  put(name, text);
}

/** The licences of everything that is copied. */
function licences() {
  return ["dexie", "@hpke/core", "@hpke/common", "hash-wasm"]
    .map((name) => {
      const { version } = JSON.parse(take(`${name}/package.json`));
      const texts = readdirSync(join(PACKAGES, name)).filter((file) => /^(LICENSE|NOTICE)/.test(file)).sort();
      return [`${name} ${version}`, ...texts.map((file) => take(`${name}/${file}`))].join("\n\n");
    })
    .join(`\n\n${"-".repeat(80)}\n\n`);
}

rmSync(fresh, { recursive: true, force: true });
put("dexie.mjs", take("dexie/dist/modern/dexie.min.mjs"));
copyHpke(HPKE["@hpke/core"]);
put("hpke.js", `export * from "./${HPKE["@hpke/core"]}";\n`);
// The package's one ES module carries every hash it knows; this carries one, and leaves its name to nobody.
put("argon2.umd.js", take("hash-wasm/dist/argon2.umd.min.js"));
put(
  "argon2.js",
  'import "./argon2.umd.js";\n\nexport const { argon2id } = globalThis.hashwasm;\ndelete globalThis.hashwasm;\n',
);
put("LICENSES.txt", licences());
if (existsSync(target)) rmSync(target, { recursive: true });
cpSync(fresh, target, { recursive: true });
rmSync(fresh, { recursive: true });
