//! The page: the crate as WebAssembly, and the static files around it.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

use crate::tools::Toolbox;
use crate::wasm::without_names;

pub const DEFAULT_PORT: u16 = 4173;

pub const FOLDER: &str = "www";

/// The crate as a package of JavaScript, types and WebAssembly in `www/pkg`.
pub fn build_package(toolbox: &Toolbox) -> Result<()> {
    toolbox.ensure_wasm_tools()?;
    // wasm-pack would download what it misses; what it needs is installed above, in the right
    // version.
    toolbox
        .wasm_pack(&["build", "--mode", "no-install", "--release", "--target", "web"])
        .args(["--out-dir", "www/pkg", "--out-name", "elbo_room"])
        .run()?;
    let module = toolbox.file("www/pkg/elbo_room_bg.wasm");
    let stripped = without_names(&std::fs::read(&module)?)
        .with_context(|| format!("in {}", module.display()))?;
    std::fs::write(module, stripped)?;
    Ok(())
}

/// Package and page: afterwards `www/dist` can be served by anything that serves files.
pub fn build(toolbox: &Toolbox) -> Result<()> {
    // First, since it costs nothing and a missing Node is better told before minutes of compiling.
    toolbox.ensure_npm_packages(FOLDER)?;
    build_package(toolbox)?;
    toolbox.npm(FOLDER, &["run", "build"]).run()
}

/// Fails where another program listens on `port`: better told before the build than after it.
pub fn require_free(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!("port {port} is not free; choose another with `cargo xtask serve --port <n>`")
    })?;
    Ok(())
}

/// Serves `www/dist` until it is interrupted.
pub fn serve(toolbox: &Toolbox, port: u16) -> Result<()> {
    println!("\nELBO Room is at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n");
    let port = port.to_string();
    toolbox
        .npm(
            FOLDER,
            &["run", "preview", "--", "--host", "127.0.0.1", "--strictPort", "--port", &port],
        )
        // So that the benchmark's page can give its peer threads.
        .env("ELBO_ROOM_ISOLATED", "1")
        .run()
}
