//! What lists of ids need to be read by people: the names and pictures behind them, looked up for a whole
//! list in one round trip each.

use kernel::{LocalText, MediaId, MerchantId, OfferId};
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;

/// What an offer and who sells it are called.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Label {
    /// The offer's title by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    /// The offer's picture.
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
}

/// Something about an offer, with what that is called.
pub struct Labelled<T> {
    pub item: T,
    pub label: Label,
}

/// The items with the labels of the offers that they are `about`.
pub fn labelled<T>(
    read: &mut ReadTx,
    items: Vec<T>,
    about: impl Fn(&T) -> (OfferId, MerchantId),
) -> Result<Vec<Labelled<T>>, Fail> {
    let (offers, merchants): (Vec<_>, Vec<_>) = items.iter().map(&about).unzip();
    let offers = offer::queries::faces(read, &offers)?;
    let merchants = party::queries::merchant_names(read, &merchants)?;
    let label = |item| {
        let (offer, merchant) = about(&item);
        let (title, media) = offers.get(&offer).cloned().unwrap_or_default();
        let merchant_name = merchants.get(&merchant).cloned().unwrap_or_default();
        let label = Label {
            title,
            media,
            merchant_name,
        };
        Labelled { item, label }
    };
    Ok(items.into_iter().map(label).collect())
}
