//! What lists of ids need to be read by people: the names and pictures behind them, looked up for a whole
//! list in one round trip each.

use std::collections::BTreeMap;

use kernel::{LocalText, MediaId, MerchantId, OfferId, PersonId};
use offer::queries::Face;
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;

/// What an offer and who sells it are called.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Label {
    /// The offer's title by language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub title: LocalText,
    /// The offer's picture.
    #[schema(value_type = Option<String>)]
    pub media: Option<MediaId>,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub merchant_name: LocalText,
}

/// Something about an offer, with what that is called.
pub struct Labelled<T> {
    pub item: T,
    pub label: Label,
}

/// The labels of many offers.
pub struct Labels {
    offers: BTreeMap<OfferId, Face>,
    merchants: BTreeMap<MerchantId, LocalText>,
}

impl Labels {
    /// Of these offers and who sells them.
    pub fn of(read: &mut ReadTx, about: impl Iterator<Item = (OfferId, MerchantId)>) -> Result<Self, Fail> {
        let (offers, merchants): (Vec<_>, Vec<_>) = about.unzip();
        Ok(Self {
            offers: offer::queries::faces(read, &offers)?,
            merchants: party::queries::merchant_names(read, &merchants)?,
        })
    }

    /// Of one of them.
    pub fn get(&self, (offer, merchant): (OfferId, MerchantId)) -> Label {
        let (title, media) = self.offers.get(&offer).cloned().unwrap_or_default();
        Label {
            title,
            media,
            merchant_name: self.merchants.get(&merchant).cloned().unwrap_or_default(),
        }
    }
}

/// The items with the labels of the offers that they are `about`.
pub fn labelled<T>(
    read: &mut ReadTx,
    items: Vec<T>,
    about: impl Fn(&T) -> (OfferId, MerchantId),
) -> Result<Vec<Labelled<T>>, Fail> {
    let labels = Labels::of(read, items.iter().map(&about))?;
    let label = |item| Labelled {
        label: labels.get(about(&item)),
        item,
    };
    Ok(items.into_iter().map(label).collect())
}

/// The names behind some ids.
pub struct Names {
    merchants: BTreeMap<MerchantId, LocalText>,
    people: BTreeMap<PersonId, String>,
}

impl Names {
    /// The names of these merchants and people.
    pub fn of(
        read: &mut ReadTx,
        merchants: impl IntoIterator<Item = MerchantId>,
        people: impl IntoIterator<Item = PersonId>,
    ) -> Result<Self, Fail> {
        Ok(Self {
            merchants: party::queries::merchant_names(read, &merchants.into_iter().collect::<Vec<_>>())?,
            people: party::queries::names_of(read, &people.into_iter().collect::<Vec<_>>())?,
        })
    }

    /// The merchant's name.
    pub fn merchant(&self, merchant: MerchantId) -> LocalText {
        self.merchants.get(&merchant).cloned().unwrap_or_default()
    }

    /// The person's name, unless it was erased.
    pub fn person(&self, person: Option<PersonId>) -> Option<String> {
        self.people.get(&person?).cloned()
    }
}
