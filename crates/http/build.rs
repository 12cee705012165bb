//! The binary holds the web apps as they lie in `web/dist`: when they are built anew, so is this crate.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../../web/dist");
    // An API without web apps: a folder that is not there would be news at every build, and a new one at the next.
    if !dist.exists() {
        std::fs::create_dir(dist)?;
        std::fs::File::open(dist)?.set_modified(std::time::UNIX_EPOCH)?;
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
