//! Where our list and nft's differ on the corpus, and why.
//!
//! Node decides who is right; what waits for the evaluator says so.

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

// The evaluator of path expressions will find these.

const COMPUTED: &str = "waits for the evaluator: a path put together from variables";
const BEHIND_COMPUTED: &str = "waits for the evaluator: required only by a file with a computed path";
const READ: &str = "waits for the evaluator: read by fs, or handed on as a path, not imported";

pub const DIFFERENCES: &[Difference] = &[
    only_ours(
        "*",
        "node_modules/{async-function,async-generator-function,generator-function}/require.mjs",
        MODULE_SYNC,
    ),
    only_ours("fastify", "node_modules/set-cookie-parser/lib/set-cookie.js", MODULE_SYNC),
    only_ours(
        "next-server",
        "node_modules/next/font/local/target.css",
        "next's build names it by require.resolve with a literal; nft lists only its neighbour",
    ),
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
    only_nft("*", "node_modules/rxjs/{operators,testing}/package.json", LEGACY_SUBPATH),
    only_nft("*", "node_modules/@swc/helpers/_/*/package.json", LEGACY_SUBPATH),
    only_nft("*", "node_modules/react-dom/{server,static}.js", LEGACY_SUBPATH),
    only_nft("*", "node_modules/nanoid/non-secure/package.json", LEGACY_SUBPATH),
    only_nft("vue", "node_modules/@vue/compiler-core/node_modules/entities/decode.js", LEGACY_SUBPATH),
    only_nft("vue", "node_modules/vue/server-renderer/*", LEGACY_SUBPATH),
    only_nft("*", "node_modules/**/semver/preload.js", NEVER_REQUIRED),
    only_nft("next-server", "node_modules/next/dist/compiled/@vercel/nft/LICENSE", COMPUTED),
    only_nft("eslint", "node_modules/eslint/lib/cli-engine/formatters/*", COMPUTED),
    only_nft("eslint", "node_modules/eslint/lib/shared/text-table.js", BEHIND_COMPUTED),
    only_nft("eslint", "node_modules/{ansi-styles,chalk,color-convert,color-name}/*", BEHIND_COMPUTED),
    only_nft("eslint", "node_modules/eslint/lib/eslint/worker.js", COMPUTED),
    only_nft("fastify", "node_modules/pino/{file.js,lib/worker.js}", COMPUTED),
    only_nft("fastify", "node_modules/thread-stream/lib/worker.js", COMPUTED),
    only_nft("fastify", "node_modules/pino/lib/transport-stream.js", BEHIND_COMPUTED),
    only_nft("fastify", "node_modules/{pino-abstract-transport,real-require,split2}/*", BEHIND_COMPUTED),
    only_nft("firebase-admin", "node_modules/@grpc/grpc-js/proto/*", READ),
    only_nft("firebase-admin", "node_modules/google-gax/build/protos/*", READ),
    only_nft("*", "node_modules/webpack/hot/{lazy-compilation-*,load-http}.js", COMPUTED),
    only_nft("*", "node_modules/webpack/lib/html/favicon.svg", READ),
    only_nft("next-server", "node_modules/next/dist/compiled/@next/react-refresh-utils/dist/*", COMPUTED),
    only_nft("next-server", "node_modules/next/dist/compiled/next-server/*", COMPUTED),
    only_nft("next-server", "node_modules/next/dist/compiled/raw-body/*", BEHIND_COMPUTED),
    only_nft("next-server", "node_modules/next/dist/server/app-render/dynamic-access-async-storage*", BEHIND_COMPUTED),
    only_nft("next-server", "node_modules/typescript/*", COMPUTED),
    only_nft("next-server", "node_modules/{buffer-from,source-map,source-map-support}/*", BEHIND_COMPUTED),
];
