//! The page: the crate as WebAssembly, and the static files around it.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::{Expression, cmd};
use wasm_bindgen_cli_support::Bindgen;

use crate::job::Job;
use crate::merge::merge;
use crate::slim::slim;
use crate::{root, setup};

pub const FOLDER: &str = "www";

/// Builds the crate as a package of JavaScript, types and WebAssembly in `www/pkg`.
pub fn build_package(job: &mut Job) -> Result<()> {
    package(job, |cargo| cargo)
}

/// The same with another compiler, which `with` has cargo call.
pub fn package(job: &mut Job, with: fn(Expression) -> Expression) -> Result<()> {
    let module = compile(job, &[], with)?;
    job.step("generate its JavaScript and types", |_| {
        let mut bindgen = Bindgen::new();
        // `init()` finds the WebAssembly beside the JavaScript.
        bindgen.web(true)?.typescript(true).omit_default_module_path(false);
        generate(&module, &mut bindgen, &root().join("www/pkg"))
    })
}

/// Compiles the crate to WebAssembly; returns the path of the module.
pub fn compile(
    job: &mut Job,
    options: &[&str],
    with: fn(Expression) -> Expression,
) -> Result<PathBuf> {
    setup::wasm_target(job)?;
    // With the feature that the tests have, the stages of `cargo xtask test` compile the crate
    // once.
    let features = ["--features", "bench-internals"];
    let words = ["build", "--release", "--lib", "--target", setup::WASM_TARGET];
    let build = cmd("cargo", words.iter().chain(&features).chain(options));
    job.run("compile the crate for WebAssembly", with(setup::wasm(build)))?;
    Ok(target_folder()?.join(setup::WASM_TARGET).join("release/elbo_room.wasm"))
}

/// Makes a package of a compiled crate, without functions that are never called or duplicates.
pub fn generate(module: &Path, bindgen: &mut Bindgen, folder: &Path) -> Result<()> {
    // The name section is a ninth of the download, and only stack traces show it.
    bindgen.input_bytes("elbo_room", slim(module)?).remove_name_section(true).generate(folder)?;
    let made = folder.join("elbo_room_bg.wasm");
    std::fs::write(&made, merge(&std::fs::read(&made)?)?)?;
    Ok(())
}

/// Cargo's target directory, which the user's settings can move.
pub fn target_folder() -> Result<PathBuf> {
    let metadata = cmd!("cargo", "metadata", "--format-version", "1", "--no-deps").dir(root());
    let metadata: serde_json::Value = serde_json::from_str(&metadata.read()?)?;
    let folder = metadata["target_directory"].as_str().context("cargo names no target folder")?;
    Ok(folder.into())
}

/// Builds the package and the page: any server of static files can then serve `www/dist`.
pub fn build(job: &mut Job) -> Result<()> {
    // First, as a missing Node.js is better reported before minutes of compiling than after them.
    setup::npm_packages(job, FOLDER)?;
    build_package(job)?;
    bundle(job)
}

/// Builds the page from an existing package.
pub fn bundle(job: &mut Job) -> Result<()> {
    let build = setup::npm(FOLDER, ["run", "--silent", "build", "--", "--logLevel", "warn"]);
    job.run("bundle the page", build)
}

/// Assembles the npm package from the current crate: a folder, and the archive for `npm publish`.
pub fn pack(job: &mut Job) -> Result<()> {
    // The custom element is built from the source of the page.
    setup::npm_packages(job, FOLDER)?;
    build_package(job)?;
    let folder = root().join("target/npm");
    let assemble = cmd!("node", "npm/assemble.js", folder.join("elbo-room")).dir(root());
    job.run("assemble the npm package", assemble)?;
    job.run("pack it", cmd!("npm", "pack", "./elbo-room").dir(folder))
}

/// Fails if another program listens on `port`; called before the build, which takes minutes.
pub fn require_free(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("port {port} is not free; choose another with `cargo xtask serve --port <n>`")
    })?;
    Ok(())
}

/// Serves `www/dist` until it is interrupted.
pub fn serve(port: u16) -> Result<()> {
    println!("\nELBO Room is at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n");
    let port = port.to_string();
    let options = ["--host", "127.0.0.1", "--strictPort", "--port", &port];
    setup::npm(FOLDER, ["run", "--silent", "preview", "--"].into_iter().chain(options)).run()?;
    Ok(())
}
