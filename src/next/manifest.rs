//! What `next build` wrote down for servers.
//!
//! `required-server-files.json` tells where the app is in the tracing root and
//! which files every server reads; `middleware-manifest.json` which files code
//! for the edge runtime is in. Of the configuration only `distDir` is asked: the
//! launcher hands it on as it is.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::NextError;
use crate::{
    host::{Host, read_small},
    record::absolute,
};

/// The part of the configuration that is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    #[serde(default, rename = "distDir")]
    dist_dir: Option<serde_json::Value>,
}

/// `required-server-files.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Build {
    /// Relative to the app's folder.
    #[serde(default, rename = "files")]
    pub(super) required: Vec<String>,
    /// The app's folder, relative to the tracing root of the build.
    #[serde(default, rename = "relativeAppDir")]
    pub(super) relative_app_dir: String,
    #[serde(default)]
    config: Configuration,
}

impl Build {
    /// The build's folder, relative to the app's, if it is told.
    pub(super) fn dist(&self) -> Option<PathBuf> {
        let told = Path::new(self.config.dist_dir.as_ref()?.as_str()?);
        let inside = absolute(Path::new("/"), told);
        let inside = inside.strip_prefix("/").ok()?.to_path_buf();
        (told.is_relative() && !inside.as_os_str().is_empty()).then_some(inside)
    }
}

/// `server/middleware-manifest.json`.
#[derive(Default, Deserialize)]
struct Edge {
    #[serde(default)]
    middleware: BTreeMap<String, Function>,
    #[serde(default)]
    functions: BTreeMap<String, Function>,
}

/// What runs in the edge runtime.
#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    wasm: Vec<Piece>,
    #[serde(default)]
    assets: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(rename = "filePath")]
    file: String,
}

pub(super) fn read_build(host: &dyn Host, file: &Path) -> Result<Build, NextError> {
    read(host, file)
}

/// The files of middleware and of functions for the edge runtime, relative to
/// the build's folder; none where there is no manifest.
pub(super) fn edge_files(host: &dyn Host, file: &Path) -> Result<Vec<String>, NextError> {
    if host.kind(file).is_err() {
        return Ok(Vec::new());
    }
    let Edge { middleware, functions } = read(host, file)?;
    let all = middleware.into_values().chain(functions.into_values());
    let files = |function: Function| {
        let pieces = function.wasm.into_iter().chain(function.assets).map(|piece| piece.file);
        function.files.into_iter().chain(pieces).collect::<Vec<_>>()
    };
    Ok(all.flat_map(files).collect())
}

fn read<T: DeserializeOwned>(host: &dyn Host, file: &Path) -> Result<T, NextError> {
    let unusable = |why: String| NextError::Unusable { file: file.to_path_buf(), why };
    let text = read_small(host, file).ok_or_else(|| unusable("it cannot be read".to_owned()))?;
    serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))
}
