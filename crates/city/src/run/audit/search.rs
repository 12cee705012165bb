//! Search, fed from the event log: once that is drained it finds what is on sale, at its price, and nothing else.

use attract::{SearchIndex, SearchQuery, feed};
use kernel::Timestamp;

use super::{Directory, Model, Platform};

/// Feeds the index to the end of the log and looks for everything.
pub(crate) fn audit_search(
    platform: &mut Platform,
    index: &SearchIndex,
    model: &Model,
    directory: &Directory,
    now: Timestamp,
) -> Result<(), String> {
    let text = |error: attract::IndexError| error.to_string();
    loop {
        let cursors = index.cursors().map_err(text)?;
        let step = platform.read(|read| feed::next_step(read, &cursors))?;
        if step.cursors.is_empty() {
            break;
        }
        let changes = platform.read(|read| feed::changes(read, step.offers.iter().copied(), now))?;
        index.apply(&changes, &step.cursors).map_err(text)?;
    }
    let everything = SearchQuery {
        page_size: 50,
        ..SearchQuery::default()
    };
    let page = index
        .search(&everything, now)
        .map_err(|fail| format!("{fail:?}"))?;
    let mut found: Vec<_> = page
        .hits
        .iter()
        .map(|hit| {
            let good = directory
                .cast
                .goods
                .iter()
                .position(|good| *good == hit.doc.offer);
            (good, i128::from(hit.doc.price.amount))
        })
        .collect();
    found.sort_unstable();
    let goods = 0..model.world.goods.len();
    let on_sale = goods.filter(|good| model.on_sale(*good, now));
    let expected: Vec<_> = on_sale.map(|good| (Some(good), model.price_from(good))).collect();
    if found != expected {
        return Err(format!(
            "search finds {found:?} (good, price), and on sale is {expected:?}"
        ));
    }
    Ok(())
}
