//! Agreements and offers, and the ways that lead to an offer.

use channel::{
    CloseEntry, CreateEntry, CreateShareLink, EntryKind, RecordVisits, RenameEntry, ShareLink, Visit,
};
use kernel::{Actor, AgreementId, BucketId, Currency, EntryId, Money, OfferId, PersonId};
use offer::testing::{bp, draft, terms};
use offer::{
    AcceptAgreement, AgreementStatus, ChangeStock, CounterAgreement, CreateOffer, DeclineAgreement,
    DiscardOffer, EndAgreement, OfferStatus, PauseOffer, ProposeAgreement, PublishOffer, ResumeOffer, Rule,
    StartAgreement, UpdateOffer, queries,
};
use party::testing::{NOW, Shop, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::order_of;
use super::world::World;

/// An agreement that the shop proposed, with two offers under it.
#[derive(Clone)]
pub struct Deal {
    agreement: AgreementId,
    /// A draft.
    draft: OfferId,
    /// Published as soon as the agreement was accepted.
    offer: OfferId,
}

pub const AGREEMENT: Machine<AgreementStatus, Deal> = Machine {
    name: "Agreement",
    states: &AgreementStatus::ALL,
    named: AgreementStatus::as_str,
    bring: |w, status| {
        let agreement = w.done(w.propose_agreement(w.shop));
        let [draft, offer] = [(); 2].map(|()| w.done(w.create_offer(w.shop, agreement)));
        let accept = || {
            w.done(w.accept_agreement(agreement));
            w.done(w.publish_offer(w.shop, offer));
        };
        match status {
            AgreementStatus::Negotiating => {}
            AgreementStatus::Accepted => accept(),
            AgreementStatus::Declined => w.done(w.decline_agreement(agreement)),
            AgreementStatus::Ended => {
                accept();
                w.done(w.end_agreement(agreement));
            }
        }
        Deal {
            agreement,
            draft,
            offer,
        }
    },
    look: |read, deal| Ok(queries::agreement(read, deal.agreement)?.unwrap().status),
    tries: &[
        |w, d| w.counter_agreement(d.agreement).probe(),
        |w, d| w.accept_agreement(d.agreement).probe(),
        |w, d| w.decline_agreement(d.agreement).probe(),
        |w, d| w.start_agreement(d.agreement).probe(),
        |w, d| w.end_agreement(d.agreement).with("early").probe(),
        |w, d| w.end_agreement_by_timer(d.agreement).with("by its timer").probe(),
        |w, d| w.create_offer(w.shop, d.agreement).probe(),
        |w, d| w.publish_offer(w.shop, d.draft).probe(),
        |w, d| w.create_share_link(w.consumer(), d.offer).probe(),
        |w, d| w.place_order(w.consumer(), order_of(d.offer)).probe(),
        |w, d| w.place_cart(w.consumer(), vec![order_of(d.offer)]).probe(),
    ],
};

/// None: a draft that was thrown away.
pub const OFFER: Machine<Option<OfferStatus>, OfferId> = Machine {
    name: "Offer",
    states: &[
        Some(OfferStatus::Draft),
        Some(OfferStatus::Published),
        Some(OfferStatus::Paused),
        None,
    ],
    named: |status| status.map_or("gone", OfferStatus::as_str),
    bring: |w, status| match status {
        Some(OfferStatus::Draft) => w.draft(),
        Some(OfferStatus::Published) => w.published(),
        None => {
            let offer = w.draft();
            w.done(w.discard_offer(offer));
            offer
        }
        Some(OfferStatus::Paused) => {
            let offer = w.published();
            w.done(w.pause_offer(offer));
            offer
        }
    },
    look: |read, offer| Ok(queries::offer(read, *offer)?.map(|offer| offer.status)),
    tries: &[
        |w, offer| w.publish_offer(w.shop, *offer).probe(),
        |w, offer| w.pause_offer(*offer).probe(),
        |w, offer| w.resume_offer(*offer).probe(),
        |w, offer| w.change_stock(*offer).probe(),
        |w, offer| {
            w.update_offer(*offer, 10_000)
                .with("but not what it sells")
                .probe()
        },
        |w, offer| w.update_offer(*offer, 20_000).with("with another price").probe(),
        |w, offer| w.set_booking_terms(*offer).probe(),
        |w, offer| w.discard_offer(*offer).probe(),
        |w, offer| w.create_coupon(w.shop, Some(*offer)).probe(),
        |w, offer| w.create_share_link(w.consumer(), *offer).probe(),
        |w, offer| w.place_order(w.consumer(), order_of(*offer)).probe(),
    ],
};

impl World {
    pub fn propose_agreement(&self, shop: Shop) -> Act<AgreementId> {
        let input = ProposeAgreement {
            merchant: shop.merchant,
            terms: terms(),
        };
        act(ctx(shop.as_owner()), offer::propose_agreement, input)
    }

    /// For stores that nobody here has.
    pub fn set_rule(&self) -> Act<()> {
        let rule = Rule {
            category: Some("hotel".to_owned()),
            commission_min: bp(0),
            commission_max: bp(10_000),
            discount_platform_max: bp(10_000),
            platform_cap_max: None,
            rebate_max: bp(10_000),
            refund_window_us_min: 0,
        };
        act(ctx(self.admin), offer::set_rule, rule)
    }

    pub fn counter_agreement(&self, agreement: AgreementId) -> Act<i64> {
        let input = CounterAgreement {
            agreement,
            version: 1,
            terms: terms(),
        };
        act(ctx(self.admin), offer::counter_agreement, input)
    }

    pub fn accept_agreement(&self, agreement: AgreementId) -> Act<BucketId> {
        let version = 1;
        act(
            ctx(self.admin),
            offer::accept_agreement,
            AcceptAgreement { agreement, version },
        )
    }

    pub fn decline_agreement(&self, agreement: AgreementId) -> Act<()> {
        act(
            ctx(self.admin),
            offer::decline_agreement,
            DeclineAgreement { agreement },
        )
    }

    pub fn start_agreement(&self, agreement: AgreementId) -> Act<bool> {
        act(
            ctx(Actor::System),
            offer::start_agreement,
            StartAgreement { agreement },
        )
    }

    pub fn end_agreement(&self, agreement: AgreementId) -> Act<()> {
        act(ctx(self.admin), offer::end_agreement, EndAgreement { agreement })
    }

    pub fn end_agreement_by_timer(&self, agreement: AgreementId) -> Act<()> {
        let over = ctx_at(terms().ends_at, Actor::System);
        act(over, offer::end_agreement, EndAgreement { agreement })
    }

    /// A proposal that waits for the platform's answer.
    pub fn proposed(&self) -> AgreementId {
        self.done(self.propose_agreement(self.shop))
    }

    pub fn accepted(&self) -> AgreementId {
        let agreement = self.proposed();
        self.done(self.accept_agreement(agreement));
        agreement
    }

    pub fn create_offer(&self, shop: Shop, agreement: AgreementId) -> Act<OfferId> {
        act(ctx(shop.as_owner()), offer::create_offer, draft(shop, agreement))
    }

    pub fn publish_offer(&self, shop: Shop, offer: OfferId) -> Act<()> {
        act(ctx(shop.as_owner()), offer::publish_offer, PublishOffer { offer })
    }

    pub fn pause_offer(&self, offer: OfferId) -> Act<()> {
        act(
            ctx(self.shop.as_owner()),
            offer::pause_offer,
            PauseOffer { offer },
        )
    }

    pub fn resume_offer(&self, offer: OfferId) -> Act<()> {
        act(
            ctx(self.shop.as_owner()),
            offer::resume_offer,
            ResumeOffer { offer },
        )
    }

    pub fn change_stock(&self, offer: OfferId) -> Act<i64> {
        let capacity = 50;
        act(
            ctx(self.shop.as_owner()),
            offer::change_stock,
            ChangeStock { offer, capacity },
        )
    }

    /// Its text, and its price where that is another.
    pub fn update_offer(&self, offer: OfferId, list_price: i64) -> Act<i64> {
        let found = self.read(move |read| queries::offer(read, offer));
        let agreement = found
            .as_ref()
            .map_or_else(|| self.accepted(), |offer| offer.agreement);
        let input = UpdateOffer {
            offer,
            version: found.map_or(1, |offer| offer.version),
            to: CreateOffer {
                list_price: Money::new(list_price, Currency::CNY),
                ..draft(self.shop, agreement)
            },
        };
        act(ctx(self.shop.as_owner()), offer::update_offer, input)
    }

    pub fn discard_offer(&self, offer: OfferId) -> Act<()> {
        act(
            ctx(self.shop.as_owner()),
            offer::discard_offer,
            DiscardOffer { offer },
        )
    }

    /// A draft under an accepted agreement.
    pub fn draft(&self) -> OfferId {
        self.done(self.create_offer(self.shop, self.accepted()))
    }

    pub fn published(&self) -> OfferId {
        let offer = self.draft();
        self.done(self.publish_offer(self.shop, offer));
        offer
    }

    pub fn create_entry(&self, shop: Shop) -> Act<EntryId> {
        let input = CreateEntry {
            merchant: Some(shop.merchant),
            kind: EntryKind::Qr,
            name: "Poster".to_owned(),
        };
        act(ctx(shop.as_owner()), channel::create_entry, input)
    }

    pub fn new_entry(&self, shop: Shop) -> EntryId {
        self.done(self.create_entry(shop))
    }

    pub fn rename_entry(&self, shop: Shop, entry: EntryId) -> Act<()> {
        let input = RenameEntry {
            entry,
            name: "Poster at the door".to_owned(),
        };
        act(ctx(shop.as_owner()), channel::rename_entry, input)
    }

    pub fn close_entry(&self, shop: Shop, entry: EntryId) -> Act<()> {
        act(ctx(shop.as_owner()), channel::close_entry, CloseEntry { entry })
    }

    pub fn create_share_link(&self, sharer: PersonId, offer: OfferId) -> Act<ShareLink> {
        act(
            ctx(Actor::Consumer(sharer)),
            channel::create_share_link,
            CreateShareLink { offer },
        )
    }

    /// One visit.
    pub fn record_visits(&self) -> Act<i64> {
        let visit = Visit {
            entry: self.new_entry(self.shop),
            offer: Some(self.offer),
            at: NOW,
        };
        let visits = vec![visit];
        act(
            ctx(Actor::System),
            channel::record_visits,
            RecordVisits { visits },
        )
    }
}
