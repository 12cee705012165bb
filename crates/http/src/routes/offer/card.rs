//! How a card of many uses is used, on the wire.

use offer::{Card, CardPeriod};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `stored_value` (储值卡): its uses are minor units of its currency, and a bill takes as many as it comes to. `paced`: no
/// more than so many of its uses are taken within a period of the calendar, where the store is.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = Card)]
pub enum WireCard {
    StoredValue,
    Paced {
        /// How many: 1 or more, and fewer than the card has.
        uses: i64,
        per: WireCardPeriod,
    },
}

/// From midnight to midnight, from Monday to Sunday, or a month.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CardPeriod)]
pub enum WireCardPeriod {
    Day,
    Week,
    Month,
}

impl From<WireCard> for Card {
    fn from(wire: WireCard) -> Self {
        match wire {
            WireCard::StoredValue => Self::StoredValue,
            WireCard::Paced { uses, per } => Self::Paced {
                uses,
                per: match per {
                    WireCardPeriod::Day => CardPeriod::Day,
                    WireCardPeriod::Week => CardPeriod::Week,
                    WireCardPeriod::Month => CardPeriod::Month,
                },
            },
        }
    }
}

impl From<Card> for WireCard {
    fn from(card: Card) -> Self {
        match card {
            Card::StoredValue => Self::StoredValue,
            Card::Paced { uses, per } => Self::Paced {
                uses,
                per: match per {
                    CardPeriod::Day => WireCardPeriod::Day,
                    CardPeriod::Week => WireCardPeriod::Week,
                    CardPeriod::Month => WireCardPeriod::Month,
                },
            },
        }
    }
}
