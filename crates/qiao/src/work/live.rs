//! Tells whoever has a page open what happened.

use http::App;

/// Tells what is new, and gives how much that was.
pub async fn step(app: App) -> Result<usize, String> {
    http::tell_news(&app).await.map_err(|problem| problem.detail)
}
