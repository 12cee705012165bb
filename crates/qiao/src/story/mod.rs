//! stub
/// stub
#[derive(Debug, clap::Args)]
pub struct Story {}
impl Story {
    /// stub
    pub async fn run(self) -> Result<(), crate::serve::Failure> { Ok(()) }
}
