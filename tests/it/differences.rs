//! Where our list and nft's differ on the corpus, and why.
//!
//! Node decides who is right. What we should mend says that it is our fault.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    OnlyOurs,
    OnlyNft,
}

#[derive(Debug)]
pub struct Difference {
    /// A program's name, or `*` for all.
    pub app: &'static str,
    pub side: Side,
    /// A glob over paths relative to the corpus.
    pub files: &'static str,
    pub why: &'static str,
}

const fn only_ours(app: &'static str, files: &'static str, why: &'static str) -> Difference {
    Difference { app, side: Side::OnlyOurs, files, why }
}

const fn only_nft(app: &'static str, files: &'static str, why: &'static str) -> Difference {
    Difference { app, side: Side::OnlyNft, files, why }
}

// Node is right, and we follow it.

const MODULE_SYNC: &str = "the module-sync condition, which Node from 20.19 on honours in require too";
const LEGACY_SUBPATH: &str = "where the subpath would lie without `exports`: no Node that honours them loads it \
                              (of the legacy files only the main is promised)";
const NEVER_REQUIRED: &str = "nft adds it to every semver; no file of the program requires it";
const A_COMMAND: &str = "nft adds the command to every pixelmatch; the library does not start it";
const OTHER_PLATFORM: &str = "made for another system, processor or C library than the target's";
const OWN_PLATFORM: &str = "in a package whose name is put together by platform; this one is made for the target";
const A_MAP: &str = "nft takes a pattern of scripts for their source maps too, and a map is no script";

// What nft leaves out, though the program or a package in it loads it.

const IN_A_PACKAGE: &str =
    "required by a name with an unknown end; nft follows such names only where they begin with a dot";
const ANOTHER_REQUIRE: &str =
    "asked of a require that createRequire made, or that has another name; nft does not see it";
const COMPUTED_PATH: &str = "a path joined by a call that nft does not work out: a function of the file, of a \
                             bundle, or a helper around path, url or fs";
const GLOB_TEXT: &str = "a pattern or template in a text, which a package fills in from the disk";
const BY_RECIPE: &str = "no expression tells it; src/recipe/table.toml does, and says why";
const A_MODULE_NOW: &str = "nft lists what loads it as data, and does not look into it";
const BEHIND: &str = "loaded by a file that nft leaves out for a reason given here";

// What we should mend.

const DEFAULT_FOLDER: &str =
    "our fault: a folder that every caller gives has '.' for its default, and so package.json is listed";
const WHOLE_PACKAGE: &str =
    "our fault: the folder of a package is kept in a name to join others to it, and all of it is listed";

pub const DIFFERENCES: &[Difference] = &[
    // Only ours: the same in many programs.
    only_ours(
        "*",
        "node_modules/{async-function,async-generator-function,generator-function}/require.mjs",
        MODULE_SYNC,
    ),
    only_ours("*", "node_modules/set-cookie-parser/lib/set-cookie.js", MODULE_SYNC),
    only_ours("*", "node_modules/caniuse-lite/data/{features,regions}/*.js", IN_A_PACKAGE),
    only_ours("*", "node_modules/regenerate-unicode-properties/*", IN_A_PACKAGE),
    only_ours("next-server", "node_modules/regenerate/*", BEHIND),
    only_ours("*", "node_modules/moment/locale/*.js", ANOTHER_REQUIRE),
    only_ours("*", "node_modules/jest-worker/build/workers/threadChild.js", COMPUTED_PATH),
    only_ours("*", "node_modules/typescript/lib/lib.*d.ts", BY_RECIPE),
    only_ours("*", "node_modules/@msgpackr-extract/msgpackr-extract-linux-x64/*", OWN_PLATFORM),
    only_ours("*", "node_modules/lightningcss-linux-x64-gnu/*", OWN_PLATFORM),
    only_ours("*", "node_modules/@img/sharp-libvips-linux-x64/{versions.json,lib/index.js}", OWN_PLATFORM),
    only_ours("*", "package.json", DEFAULT_FOLDER),
    // Only ours, program by program.
    only_ours("bullmq", "node_modules/bullmq/dist/{cjs,esm}/classes/{main,main-base,main-worker}.js", BY_RECIPE),
    only_ours(
        "bundled-esbuild",
        "apps/bundled-esbuild/{assets/templates/page.html,dist/jobs/*,dist/migrations/*}",
        COMPUTED_PATH,
    ),
    only_ours(
        "bundled-esbuild-minified",
        "apps/bundled-esbuild-minified/{assets/templates/page.html,dist/jobs/*,dist/migrations/*}",
        COMPUTED_PATH,
    ),
    only_ours(
        "compiled-esbuild-minified",
        "apps/compiled-esbuild-minified/{assets/templates/page.html,out/jobs/*,out/migrations/*}",
        COMPUTED_PATH,
    ),
    only_ours("compiled-esbuild-minified", "apps/compiled-esbuild-minified/out/naming.js", BEHIND),
    only_ours("canvas", "node_modules/pdfjs-dist/{package.json,standard_fonts/*}", ANOTHER_REQUIRE),
    only_ours("config", "node_modules/{js-yaml,yaml}/*", ANOTHER_REQUIRE),
    only_ours("cosmiconfig", "apps/cosmiconfig/colours.cjs", A_MODULE_NOW),
    only_ours("date-fns", "node_modules/date-fns/locale/*.js", IN_A_PACKAGE),
    only_ours("dayjs", "node_modules/dayjs/{locale,plugin}/*.js", IN_A_PACKAGE),
    only_ours("eslint", "node_modules/js-yaml/*", ANOTHER_REQUIRE),
    only_ours("fontkit", "node_modules/pdfjs-dist/standard_fonts/LiberationSans-Regular.ttf", ANOTHER_REQUIRE),
    only_ours("graphql-files", "apps/graphql-files/resolvers/cat.resolver.js", GLOB_TEXT),
    only_ours("graphql-files", "apps/graphql-files/data/cats.json", BEHIND),
    only_ours("highlight.js", "node_modules/highlight.js/lib/languages/*.js", IN_A_PACKAGE),
    only_ours("highlight.js", "node_modules/highlight.js/styles/github.css", ANOTHER_REQUIRE),
    only_ours("i18next", "apps/i18next/locales/{de,en,fr}/*.json", GLOB_TEXT),
    only_ours("*", "node_modules/oracledb/build/Release/oracledb-*-linux-x64.node", BY_RECIPE),
    only_ours(
        "less",
        "node_modules/{graceful-fs,less/node_modules/mime,needle,probe-image-size,source-map}/*",
        ANOTHER_REQUIRE,
    ),
    only_ours("jimp", "node_modules/@jimp/plugin-print/dist/fonts/*", BY_RECIPE),
    only_ours("less", "node_modules/safer-buffer/*", BEHIND),
    only_ours("lmdb", "node_modules/@lmdb/lmdb-linux-x64/*", OWN_PLATFORM),
    only_ours("lmdb", "node_modules/lmdb/dict/dict.txt", COMPUTED_PATH),
    only_ours("next-server", "node_modules/@next/swc-linux-x64-gnu/*", OWN_PLATFORM),
    only_ours("next-server", "node_modules/@swc/helpers/_/*/package.json", COMPUTED_PATH),
    only_ours("next-server", "node_modules/next/dist/build/webpack/loaders/*", COMPUTED_PATH),
    only_ours("next-server", "node_modules/next/dist/client/*", COMPUTED_PATH),
    only_ours("next-server", "node_modules/next/dist/esm/build/templates/*", COMPUTED_PATH),
    only_ours("next-server", "node_modules/next/dist/compiled/mini-css-extract-plugin/*loader.js", COMPUTED_PATH),
    only_ours(
        "next-server",
        "node_modules/next/dist/compiled/{@babel/runtime/package.json,jest-worker/*Child.js,webpack/*.js}",
        BY_RECIPE,
    ),
    only_ours("next-server", "node_modules/next/dist/server/route-modules/pages/vendored/contexts/*.js", BY_RECIPE),
    only_ours("next-server", "node_modules/{react-dom,scheduler}/*", BEHIND),
    only_ours(
        "next-server",
        "node_modules/next/dist/{lib,next-devtools/userspace,server/{app-render,request,use-cache},shared/lib}/*.js",
        BEHIND,
    ),
    only_ours(
        "next-server",
        "node_modules/next/dist/{build/{polyfills,webpack/plugins/telemetry-plugin}/*,server/create-deduped-*}.js",
        BEHIND,
    ),
    only_ours("next-server", "node_modules/next/dist/compiled/source-map08/mappings.wasm", COMPUTED_PATH),
    only_ours("next-server", "node_modules/next/dist/compiled/{mini-css-extract-plugin/hmr,web-vitals}/*", BEHIND),
    only_ours("next-server", "node_modules/styled-jsx/*", WHOLE_PACKAGE),
    only_ours(
        "next-server",
        "node_modules/next/font/local/target.css",
        "next's build names it by require.resolve with a literal; nft lists only its neighbour",
    ),
    only_ours("open", "apps/open/browser.sh", COMPUTED_PATH),
    only_ours("pdfjs", "node_modules/pdfjs-dist/{cmaps,standard_fonts}/*", ANOTHER_REQUIRE),
    only_ours("pdfjs", "node_modules/pdfjs-dist/{package.json,legacy/build/pdf.worker.mjs}", BY_RECIPE),
    only_ours("pdfjs", "node_modules/pdfjs-dist/node_modules/@napi-rs/*", BY_RECIPE),
    only_ours("pdfkit", "node_modules/pdfkit/js/standard-fonts/*", ANOTHER_REQUIRE),
    only_ours("pino", "apps/pino/transports/upper.js", COMPUTED_PATH),
    only_ours("playwright-core", "node_modules/playwright-core/bin/*", COMPUTED_PATH),
    only_ours("playwright-core", "node_modules/playwright-core/{cli.js,lib/*}", BY_RECIPE),
    only_ours("resvg", "node_modules/pdfjs-dist/standard_fonts/LiberationSans-Bold.ttf", ANOTHER_REQUIRE),
    only_ours("rollup", "node_modules/@rollup/rollup-linux-x64-gnu/*", OWN_PLATFORM),
    only_ours("sequelize", "node_modules/oracledb/*", BY_RECIPE),
    only_ours("sql.js", "node_modules/sql.js/dist/sql-wasm{,-debug}.wasm", BY_RECIPE),
    only_ours(
        "sql.js",
        "node_modules/sql.js/dist/*",
        "the program joins this folder with a name that it is told; nft does not see the folder of require.resolve",
    ),
    only_ours("stylus", "node_modules/stylus/lib/functions/index.styl", COMPUTED_PATH),
    only_ours("svgo", "apps/svgo/{svgo.config.mjs,icons/*}", COMPUTED_PATH),
    only_ours("swagger-ui-express", "node_modules/swagger-ui-dist/*", BY_RECIPE),
    only_ours("tailwindcss", "apps/tailwindcss/pages/index.html", GLOB_TEXT),
    only_ours("tailwindcss", "node_modules/tailwindcss/lib/css/preflight.css", COMPUTED_PATH),
    only_ours("typeorm", "apps/typeorm/dist/{entity,migration}/*.js", GLOB_TEXT),
    only_ours("typeorm", "node_modules/sql.js/dist/sql-wasm.wasm", BY_RECIPE),
    only_ours("typeorm", "node_modules/{ioredis,oracledb,pg}/*", BY_RECIPE),
    only_ours("typeorm", "node_modules/{pg-*,pgpass,postgres-*,split2,xtend}/*", BEHIND),
    only_ours(
        "typeorm",
        "node_modules/{@ioredis/commands,cluster-key-slot,denque,redis-errors,redis-parser,standard-as-callback}/*",
        BEHIND,
    ),
    only_ours("yargs", "apps/yargs/commands/*.js", GLOB_TEXT),
    // Only nft.
    only_nft("*", "node_modules/**/semver/preload.js", NEVER_REQUIRED),
    only_nft("7zip", "node_modules/7zip-bin/{linux/{arm,arm64,ia32},mac/*,win/*}/7za*", OTHER_PLATFORM),
    only_nft("deasync", "node_modules/deasync/bin/{darwin-*,linux-ia32,win32-*}-node-*/deasync.node", OTHER_PLATFORM),
    only_nft("serialport", "node_modules/@serialport/bindings-cpp/prebuilds/*.node", OTHER_PLATFORM),
    only_nft("apollo", "node_modules/@apollo/server/standalone/package.json", LEGACY_SUBPATH),
    only_nft("apollo", "node_modules/@apollo/server/dist/cjs/{standalone,plugin/drainHttpServer}/*", LEGACY_SUBPATH),
    only_nft("apollo", "node_modules/@apollo/server/dist/cjs/utils/urlForHttpServer.js", LEGACY_SUBPATH),
    only_nft(
        "client-s3",
        "node_modules/@aws-sdk/{checksums,core,middleware-sdk-s3,nested-clients}/*.js",
        LEGACY_SUBPATH,
    ),
    only_nft("client-s3", "node_modules/@smithy/core/*.js", LEGACY_SUBPATH),
    only_nft("eslint", "node_modules/@eslint/eslintrc/universal.js", LEGACY_SUBPATH),
    only_nft("firebase-admin", "node_modules/@firebase/database-compat/standalone/package.json", LEGACY_SUBPATH),
    only_nft("jsdom", "node_modules/entities/{decode,escape}.js", LEGACY_SUBPATH),
    only_nft("pdfkit", "node_modules/@noble/hashes/crypto.js", LEGACY_SUBPATH),
    only_nft("tiktoken", "node_modules/tiktoken/encoders/p50k_base.js", LEGACY_SUBPATH),
    only_nft("yargs", "node_modules/yargs/yargs", LEGACY_SUBPATH),
    only_nft("*", "node_modules/rxjs/{operators,testing}/package.json", LEGACY_SUBPATH),
    only_nft("*", "node_modules/@swc/helpers/_/*/package.json", LEGACY_SUBPATH),
    only_nft("*", "node_modules/react-dom/{server,static}.js", LEGACY_SUBPATH),
    only_nft("*", "node_modules/nanoid/non-secure/package.json", LEGACY_SUBPATH),
    only_nft("vue", "node_modules/@vue/compiler-core/node_modules/entities/decode.js", LEGACY_SUBPATH),
    only_nft("vue", "node_modules/vue/server-renderer/*", LEGACY_SUBPATH),
    only_nft("jimp", "node_modules/pixelmatch/{bin/pixelmatch,node_modules/pngjs/*}", A_COMMAND),
    only_nft(
        "next-server",
        "node_modules/next/dist/compiled/@vercel/nft/LICENSE",
        "beside a bundle that asks for its own folder; nothing reads a licence",
    ),
    only_nft("next-server", "node_modules/next/dist/compiled/next-server/*.js.map", A_MAP),
    only_nft(
        "stylus",
        "**",
        "a package's name is made a relative path and required; nft takes that for every file below the root",
    ),
];
