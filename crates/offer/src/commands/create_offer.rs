//! A new offer under an agreement, as a draft with its stock and its stores.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{AgreementId, BucketId, Ctx, Currency, LocalText, MediaId, MerchantId, Money, OfferId, StoreId};
use party::{Role, StoreDetails};
use store::{Fail, StorageError, Tx, sql, to_json};

use crate::bucket;
use crate::decide::check_offer;
use crate::events::OfferCreated;
use crate::model::{AgreementStatus, BucketKind};
use crate::reject::{AGREEMENT_NOT_ACCEPTED, OFFER_INVALID, OFFER_STORE_UNKNOWN};
use crate::{AgreementTerms, Card, Deposit, GroupTerms, PriceRule, PriceRules, queries, store_set_digest};

/// Makes a draft.
#[derive(Debug, Clone)]
pub struct CreateOffer {
    /// Who sells.
    pub merchant: MerchantId,
    /// Under which agreement: negotiating still, or accepted.
    pub agreement: AgreementId,
    /// 1 to 120 characters in each language.
    pub title: LocalText,
    /// Up to 10,000 characters in each language, with lines.
    pub description: LocalText,
    /// 1 to 64 of a-z, 0-9 and _.
    pub category: String,
    /// Of one unit, before any discount.
    pub list_price: Money,
    /// Prices below it, by time and quantity; at most 20. With times, its stores are of one time zone.
    pub price_rules: Vec<PriceRule>,
    /// For those who buy it together.
    pub group: Option<GroupTerms>,
    /// What is paid ahead, if the rest is paid at the store.
    pub deposit: Option<Deposit>,
    /// Units in stock.
    pub stock: i64,
    /// How often one voucher can be used.
    pub uses: i64,
    /// How, if it is a card.
    pub card: Option<Card>,
    /// How long after the purchase a voucher is valid, µs.
    pub valid_us: i64,
    /// The most units in one order.
    pub max_per_order: i64,
    /// Where it is redeemed: stores of this merchant that trade in the price's currency.
    pub stores: Vec<StoreId>,
    /// Its picture, uploaded for this merchant.
    pub media: Option<MediaId>,
}

/// Makes the draft of an offer. Price, uses and stores never change once it is published.
///
/// Rejects with [`party::TEXT_INVALID`], `OFFER_INVALID`, `OFFER_STORE_UNKNOWN`, `AGREEMENT_NOT_ACCEPTED`, [`party::NOT_FOUND`],
/// [`party::MERCHANT_SUSPENDED`].
pub fn create_offer(tx: &mut Tx, ctx: &Ctx, cmd: &CreateOffer) -> Result<OfferId, Fail> {
    party::require_staff(tx, ctx, cmd.merchant, None, Role::Manager)?;
    party::require_not_suspended(tx, cmd.merchant)?;
    check_offer(cmd)?;
    check_agreement(tx, cmd)?;
    check_media(tx, cmd.merchant, cmd.media)?;
    let mut stores = cmd.stores.clone();
    stores.sort_unstable();
    stores.dedup();
    let time_zone = check_stores(tx, cmd, &stores)?;
    let digest = store_set_digest(&stores);
    claim_store_set(tx, digest, &stores)?;
    let stock = bucket::create(tx, ctx, BucketKind::Stock, Some(cmd.merchant), cmd.stock)?;
    let offer = insert_offer(tx, ctx, cmd, time_zone, stock, digest)?;
    tell_stores(tx, offer, &stores)?;
    let event = OfferCreated {
        offer,
        merchant: cmd.merchant,
        agreement: cmd.agreement,
    };
    tx.emit(ctx, offer, 1, &event)?;
    Ok(offer)
}

pub(super) fn check_agreement(tx: &mut Tx, cmd: &CreateOffer) -> Result<(), Fail> {
    let agreement = queries::agreement(tx, cmd.agreement)?.filter(|a| a.merchant == cmd.merchant);
    let agreement =
        agreement.ok_or_else(|| party::NOT_FOUND.at("/agreement", "the merchant has no such agreement"))?;
    match agreement.status {
        AgreementStatus::Negotiating | AgreementStatus::Accepted => {}
        AgreementStatus::Declined | AgreementStatus::Ended => {
            let detail = format!("the agreement is {}", agreement.status.as_str());
            return Err(AGREEMENT_NOT_ACCEPTED.at("/agreement", detail).into());
        }
    }
    check_terms(&agreement.terms, cmd.list_price.currency, cmd.deposit)
}

/// A cap in money holds for prices in the same money only, and not every discount goes with every deposit.
pub(super) fn check_terms(
    terms: &AgreementTerms,
    of_price: Currency,
    deposit: Option<Deposit>,
) -> Result<(), Fail> {
    match terms.platform_cap {
        Some(cap) if cap.currency != of_price => {
            let detail = format!(
                "the agreement limits the platform's share in {}",
                cap.currency.code()
            );
            return Err(OFFER_INVALID.at("/list_price/currency", detail).into());
        }
        Some(_) | None => {}
    }
    if let Some(deposit) = deposit {
        deposit.check_terms(terms)?;
    }
    Ok(())
}

pub(super) fn check_media(tx: &mut Tx, merchant: MerchantId, media: Option<MediaId>) -> Result<(), Fail> {
    let Some(media) = media else {
        return Ok(());
    };
    let owned = party::queries::media(tx, media)?.is_some_and(|media| media.owner == merchant.uuid());
    if !owned {
        return Err(OFFER_INVALID
            .at("/media", "the merchant has not uploaded such a picture")
            .into());
    }
    Ok(())
}

/// Gives the time zone of the first store.
pub(super) fn check_stores(tx: &mut Tx, cmd: &CreateOffer, stores: &[StoreId]) -> Result<String, Fail> {
    let known = details_of_stores(tx, cmd.merchant)?;
    let mut zones = BTreeSet::new();
    for store in stores {
        let detail = match known.get(store) {
            Some(details) if details.currency == cmd.list_price.currency => {
                zones.insert(details.time_zone.as_str());
                continue;
            }
            Some(details) => format!("store {store} trades in {}", details.currency.code()),
            None => format!("the merchant has no store {store}"),
        };
        return Err(OFFER_STORE_UNKNOWN.at("/stores", detail).into());
    }
    if zones.len() > 1 && cmd.price_rules.iter().any(PriceRule::is_timed) {
        let detail = "prices by time need stores of one time zone; make an offer for each zone";
        return Err(OFFER_INVALID.at("/price_rules", detail).into());
    }
    Ok(zones.into_iter().next().unwrap_or_default().to_owned())
}

/// Of all stores of a merchant.
pub(super) fn details_of_stores(
    tx: &mut Tx,
    merchant: MerchantId,
) -> Result<BTreeMap<StoreId, StoreDetails>, Fail> {
    let mut known = BTreeMap::new();
    let mut after = None;
    loop {
        let page = party::queries::stores_of(tx, merchant, after, 200)?;
        let Some(last) = page.last() else {
            return Ok(known);
        };
        after = Some(last.id);
        known.extend(page.into_iter().map(|store| (store.id, store.details)));
    }
}

/// Writes the stores behind the digest, as far as no other offer with the same stores did.
pub(super) fn claim_store_set(tx: &mut Tx, digest: [u8; 8], stores: &[StoreId]) -> Result<(), Fail> {
    let rows = stores.iter().map(|store| {
        sql!(
            "INSERT INTO store_set (digest, store_id) VALUES ($1, $2) ON CONFLICT (digest, store_id) DO NOTHING",
            digest.as_slice(),
            *store
        )
    });
    tx.ask_all(rows.collect())?;
    Ok(())
}

/// Writes where the offer is redeemed.
pub(super) fn tell_stores(tx: &mut Tx, offer: OfferId, stores: &[StoreId]) -> Result<(), StorageError> {
    for store in stores {
        tx.tell(sql!(
            "INSERT INTO offer_store (offer_id, store_id) VALUES ($1, $2)",
            offer,
            *store
        ))?;
    }
    Ok(())
}

fn insert_offer(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &CreateOffer,
    time_zone: String,
    stock: BucketId,
    store_set: [u8; 8],
) -> Result<OfferId, Fail> {
    let id: OfferId = ctx.new_id();
    let price_rules = PriceRules {
        time_zone,
        rules: cmd.price_rules.clone(),
    };
    tx.tell(sql!(
        "INSERT INTO offer
           (id, merchant_id, agreement_id, title, description, category, currency, list_price, price_rules,
            group_terms, deposit, uses, card, valid_us, max_per_order, stock_bucket, store_set, media_id, status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'draft', $19, 1)",
        id,
        cmd.merchant,
        cmd.agreement,
        to_json(&cmd.title)?,
        to_json(&cmd.description)?,
        &cmd.category,
        cmd.list_price.currency,
        cmd.list_price.amount,
        to_json(&price_rules)?,
        cmd.group.as_ref().map(to_json).transpose()?,
        cmd.deposit.as_ref().map(to_json).transpose()?,
        cmd.uses,
        cmd.card.as_ref().map(to_json).transpose()?,
        cmd.valid_us,
        cmd.max_per_order,
        stock,
        store_set.as_slice(),
        cmd.media,
        ctx.now
    ))?;
    Ok(id)
}
