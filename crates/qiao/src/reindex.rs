//! `qiao reindex`: builds the search index anew from the database, while no server runs on the folder.

use http::Outbox;

use crate::config::{Flags, Settings};
use crate::serve::{self, Failure};
use crate::work::feed;

/// Empties the index and builds it again.
pub async fn run(flags: Flags) -> Result<(), Failure> {
    let mut settings = Settings::from(flags)?;
    // Any port will do: nothing is served.
    settings.listen = "127.0.0.1:0".to_owned();
    let ready = serve::open(&settings, Outbox::None, serve::bind(&settings).await?).await?;
    feed::rebuild(&ready.app).await?;
    println!("{} documents in the search index", ready.app.search.doc_count());
    Ok(())
}
