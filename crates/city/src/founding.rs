//! How a merchant comes to sell: stores and staff, a licence that an operator approves, an agreement that
//! both sides accept, offers under it. Each step is the command of whoever takes it in life.

use kernel::{Actor, AgreementId, BasisPoints, Ctx, Currency, DAY_US, EntryId, HOUR_US, MINUTE_US, MediaId};
use kernel::{CertificationId, MerchantId, Money, PersonId, StoreId, Timestamp};
use offer::{AgreementTerms, Card, Deposit, GroupTerms, OnExpiry, PriceRule};
use party::{Contact, MediaOwner, Role};
use store::{Fail, Tx};

use crate::calendar::{Calendar, HISTORY_DAYS};
use crate::dice::{between, chance, pick};
use crate::people::{self, Operators};
use crate::picture::Kept;
use crate::shops::{Counter, Good, Profile, Site};
use crate::texts::{self, Idea, Mood, both};
use crate::works::acting;

/// A merchant on its way to its first sale.
pub(crate) struct Founding<'a> {
    pub ctx: &'a Ctx,
    pub profile: &'a Profile,
    pub merchant: MerchantId,
    pub owner: PersonId,
    pub operators: Operators,
}

impl Founding<'_> {
    pub fn as_owner(&self, after_us: i64) -> Ctx {
        let actor = Actor::Staff(self.owner, self.merchant);
        acting(self.ctx, actor, self.profile.joined.plus_us(after_us))
    }

    fn as_operator(&self, after_us: i64) -> Ctx {
        let actor = Actor::Operator(self.operators.admin);
        acting(self.ctx, actor, self.profile.joined.plus_us(after_us))
    }

    /// A store, a till and somebody at it, for each place of the merchant.
    pub fn add_counters(&self, tx: &mut Tx) -> Result<Vec<Counter>, Fail> {
        let mut counters = Vec::new();
        // The first is added last: lists begin with what is newest.
        for (minute, site) in (0..10).rev().zip(&self.profile.stores) {
            let add = party::AddStore {
                merchant: self.merchant,
                details: self.details(site),
            };
            let store = party::add_store(tx, &self.as_owner(minute * MINUTE_US), &add)?;
            let name = "前台 1".to_owned();
            let register = party::RegisterDevice {
                merchant: self.merchant,
                store,
                name,
            };
            let device = party::register_device(tx, &self.as_owner(20 * MINUTE_US), &register)?;
            counters.push(Counter {
                store,
                device,
                clerk: self.owner,
            });
        }
        if self.profile.number == 0 {
            self.add_staff(tx, people::MANAGER, "顾南", None, Role::Manager)?;
            let cashier = self.add_staff(
                tx,
                people::CASHIER,
                "小雨",
                Some(counters[0].store),
                Role::Cashier,
            )?;
            counters[0].clerk = cashier;
        }
        Ok(counters)
    }

    fn details(&self, site: &Site) -> party::StoreDetails {
        let (profile, street) = (self.profile, site.street);
        let name = profile.name();
        party::StoreDetails {
            name: both(
                format!("{}（{}店）", name.in_language("zh-CN"), street.name.0),
                format!("{} ({})", name.in_language("en"), street.name.1),
            ),
            category: profile.trade.category.to_owned(),
            address: format!("上海市{}{} {} 号", site.district, street.name.0, site.number),
            phone: format!(
                "+86 21 5550 {:04}",
                (profile.number * 10 + site.number as u64) % 10_000
            ),
            place: site.place,
            time_zone: "Asia/Shanghai".to_owned(),
            currency: Currency::CNY,
            opening_hours: profile.trade.hours.to_owned(),
            offline_max_uses: 20,
            offline_max_amount: 500_000,
        }
    }

    fn add_staff(
        &self,
        tx: &mut Tx,
        login: &str,
        name: &str,
        store: Option<StoreId>,
        role: Role,
    ) -> Result<PersonId, Fail> {
        let cmd = party::AddStaff {
            merchant: self.merchant,
            login: Contact::parse(login)?,
            password_hash: self.profile.password_hash.clone(),
            name: name.to_owned(),
            store,
            role,
        };
        party::add_staff(tx, &self.as_owner(30 * MINUTE_US), &cmd)
    }

    fn record(&self, tx: &mut Tx, kept: Kept) -> Result<MediaId, Fail> {
        record_picture(tx, &self.as_owner(HOUR_US), self.merchant, kept)
    }

    /// Hands the licence in.
    pub fn submit(&self, tx: &mut Tx) -> Result<CertificationId, Fail> {
        let cmd = party::SubmitCertification {
            merchant: self.merchant,
            kind: "business_license".to_owned(),
            number: format!("91310101MA1DEMO{:03}", self.profile.number % 1_000),
            media: self.record(tx, self.profile.licence)?,
            valid_until: self.profile.joined.plus_us(3_650 * DAY_US),
        };
        party::submit_certification(tx, &self.as_owner(HOUR_US), &cmd)
    }

    /// Hands the licence in and has it approved.
    pub fn certify(&self, tx: &mut Tx) -> Result<(), Fail> {
        let certification = self.submit(tx)?;
        let cmd = party::DecideCertification {
            certification,
            approve: true,
            note: String::new(),
        };
        party::decide_certification(tx, &self.as_operator(20 * HOUR_US), &cmd)?;
        Ok(())
    }

    /// A third of the merchants propose and are taken up on it, a third are countered, and to a third the
    /// platform proposes.
    pub fn agree(&self, tx: &mut Tx, calendar: Calendar) -> Result<(AgreementId, AgreementTerms), Fail> {
        let ends_at = calendar.at(-between(self.ctx, 90, 180), 0);
        let terms = terms(self.ctx, self.profile, calendar.at(HISTORY_DAYS + 1, 0), ends_at);
        let merchant = self.merchant;
        let by_platform = self.profile.number % 3 == 2;
        let first = offer::ProposeAgreement {
            merchant,
            terms: self.first_wish(&terms),
        };
        let agreement = match by_platform {
            true => offer::propose_agreement(tx, &self.as_operator(24 * HOUR_US), &first)?,
            false => offer::propose_agreement(tx, &self.as_owner(24 * HOUR_US), &first)?,
        };
        let mut version = 1;
        if self.is_countered() {
            let counter = offer::CounterAgreement {
                agreement,
                version,
                terms: terms.clone(),
            };
            offer::counter_agreement(tx, &self.as_operator(30 * HOUR_US), &counter)?;
            version = 2;
        }
        let accept = offer::AcceptAgreement { agreement, version };
        let answering = match by_platform || self.is_countered() {
            true => self.as_owner(48 * HOUR_US),
            false => self.as_operator(48 * HOUR_US),
        };
        offer::accept_agreement(tx, &answering, &accept)?;
        Ok((agreement, terms))
    }

    /// A first proposal for the next three months, which nobody has answered.
    pub fn propose(&self, tx: &mut Tx, calendar: Calendar) -> Result<(), Fail> {
        let terms = terms(self.ctx, self.profile, calendar.at(0, 0), calendar.at(-90, 0));
        let propose = offer::ProposeAgreement {
            merchant: self.merchant,
            terms,
        };
        offer::propose_agreement(tx, &self.as_owner(2 * HOUR_US), &propose)?;
        Ok(())
    }

    fn is_countered(&self) -> bool {
        self.profile.number.is_multiple_of(3)
    }

    /// Who is countered wished for half the commission at first.
    fn first_wish(&self, terms: &AgreementTerms) -> AgreementTerms {
        let wished = if self.is_countered() {
            terms.commission_bp.get() / 2
        } else {
            terms.commission_bp.get()
        };
        AgreementTerms {
            commission_bp: points(wished),
            ..terms.clone()
        }
    }

    /// Puts some of what the trade could sell on sale.
    pub fn publish(
        &self,
        tx: &mut Tx,
        counters: &[Counter],
        agreement: AgreementId,
        terms: &AgreementTerms,
    ) -> Result<Vec<Good>, Fail> {
        let ideas = self.profile.trade.ideas;
        let wanted = if self.profile.number == 0 {
            ideas.len()
        } else {
            between(self.ctx, 2, 4) as usize
        };
        let first = self.ctx.random_below(ideas.len() as u64) as usize;
        let mut goods = Vec::with_capacity(wanted);
        for turn in (0..ideas.len()).map(|i| (first + i) % ideas.len()).take(wanted) {
            let everywhere = self.profile.number == 0 || chance(self.ctx, 75);
            let at = if everywhere { counters } else { &counters[..1] };
            let media = self.record(tx, self.profile.pictures[turn])?;
            let create = self.create(&ideas[turn], agreement, at, media);
            let offer = offer::create_offer(tx, &self.as_owner(50 * HOUR_US), &create)?;
            offer::publish_offer(tx, &self.as_owner(51 * HOUR_US), &offer::PublishOffer { offer })?;
            let (visits, worth) = match create.card {
                Some(Card::StoredValue) => (4, Some(create.uses)),
                Some(Card::Paced { .. }) | None => (create.uses, None),
            };
            goods.push(Good {
                offer,
                due: offer::prices(terms, create.list_price).due.amount,
                stock: create.stock,
                visits,
                worth,
                counters: at.len(),
            });
        }
        Ok(goods)
    }

    /// What is sold for a time: at one price, to those who come.
    pub fn create_booked(
        &self,
        tx: &mut Tx,
        (idea, deposit): (&Idea, Option<Deposit>),
        agreement: AgreementId,
        counters: &[Counter],
    ) -> Result<offer::CreateOffer, Fail> {
        let media = self.record(tx, self.profile.pictures[self.profile.trade.ideas.len()])?;
        Ok(offer::CreateOffer {
            description: both(idea.details.0, idea.details.1),
            price_rules: Vec::new(),
            group: None,
            deposit,
            max_per_order: 30,
            ..self.create(idea, agreement, counters, media)
        })
    }

    fn create(
        &self,
        idea: &Idea,
        agreement: AgreementId,
        counters: &[Counter],
        media: MediaId,
    ) -> offer::CreateOffer {
        let how = pick(self.ctx, texts::reviews::HOW_TO_USE);
        // A voucher's worth stands in its title; other prices differ a little from house to house.
        let is_worth = idea.title.0.contains('券') || self.profile.number == 0;
        let percent = if is_worth { 100 } else { between(self.ctx, 92, 112) };
        let price = (idea.price * percent / 10_000 * 100).max(500);
        let cheaper = |from_quantity, for_members| PriceRule {
            price: price * 9 / 1_000 * 100,
            from_quantity,
            hours: Vec::new(),
            from_day: None,
            until_day: None,
            for_members,
        };
        let of_three = GroupTerms {
            price: price * 8 / 1_000 * 100,
            size: 3,
            window_us: DAY_US,
        };
        let is_cheaper_together = idea.uses == 1 && self.profile.number.is_multiple_of(3);
        let is_for_regulars = idea.uses > 1 && self.profile.trade.mood == Mood::Service;
        let price_rule = match (is_cheaper_together, is_for_regulars) {
            (true, _) => Some(cheaper(5, false)),
            (false, true) => Some(cheaper(1, true)),
            (false, false) => None,
        };
        offer::CreateOffer {
            merchant: self.merchant,
            agreement,
            title: both(idea.title.0, idea.title.1),
            description: both(
                format!("{}\n{}", idea.details.0, how.0),
                format!("{}\n{}", idea.details.1, how.1),
            ),
            category: self.profile.trade.category.to_owned(),
            list_price: Money::new(price, Currency::CNY),
            price_rules: price_rule.into_iter().collect(),
            group: is_cheaper_together.then_some(of_three),
            deposit: None,
            stock: between(self.ctx, 30, 200) * 10,
            uses: idea.uses,
            card: idea.card,
            valid_us: if idea.uses > 1 {
                180
            } else {
                *pick(self.ctx, &[30, 60, 90, 180])
            } * DAY_US,
            max_per_order: 10,
            stores: counters.iter().map(|counter| counter.store).collect(),
            media: Some(media),
        }
    }

    /// Where guests come from by the merchant's own doing.
    pub fn add_entries(&self, tx: &mut Tx) -> Result<Vec<EntryId>, Fail> {
        use channel::EntryKind::{Mall, Qr};
        let mut entries = Vec::new();
        for (kind, name) in [(Mall, "商家主页"), (Qr, "门口海报")] {
            let cmd = channel::CreateEntry {
                merchant: Some(self.merchant),
                kind,
                name: name.to_owned(),
            };
            entries.push(channel::create_entry(tx, &self.as_owner(52 * HOUR_US), &cmd)?);
        }
        Ok(entries)
    }
}

/// Records a picture as a merchant's.
pub(crate) fn record_picture(
    tx: &mut Tx,
    ctx: &Ctx,
    merchant: MerchantId,
    kept: Kept,
) -> Result<MediaId, Fail> {
    let cmd = party::RecordMedia {
        id: ctx.new_id::<kernel::Media>(),
        owner: MediaOwner::Merchant(merchant),
        sha256: kept.sha256,
        content_type: "image/jpeg".to_owned(),
        size: kept.size,
    };
    party::record_media(tx, ctx, &cmd)
}

pub(crate) fn points(basis_points: i64) -> BasisPoints {
    BasisPoints::new(basis_points).unwrap_or(BasisPoints::ZERO)
}

/// What both sides end up with. Merchant number 0 has plain terms that are easy to follow by hand.
fn terms(ctx: &Ctx, profile: &Profile, starts_at: Timestamp, ends_at: Timestamp) -> AgreementTerms {
    let plain = AgreementTerms {
        starts_at,
        ends_at,
        head_count: 10_000,
        discount_bp: points(2_000),
        discount_platform_bp: points(2_500),
        platform_cap: None,
        commission_bp: points(1_000),
        rebate_bp: points(200),
        friend_discount_bp: points(500),
        refund_window_us: DAY_US,
        undo_window_us: 15 * MINUTE_US,
        on_expiry: OnExpiry::Refund,
    };
    if profile.number == 0 {
        return plain;
    }
    let cap = offer::PlatformCap {
        amount: 2_000,
        currency: Currency::CNY,
    };
    AgreementTerms {
        discount_bp: points(between(ctx, 2, 8) * 500),
        discount_platform_bp: points(*pick(ctx, &[0, 2_500, 2_500, 5_000])),
        platform_cap: chance(ctx, 30).then_some(cap),
        commission_bp: points(between(ctx, 5, 15) * 100),
        rebate_bp: points(between(ctx, 1, 5) * 100),
        friend_discount_bp: points(between(ctx, 3, 10) * 100),
        refund_window_us: *pick(ctx, &[1, 1, 3, 7]) * DAY_US,
        undo_window_us: *pick(ctx, &[15, 30, 60]) * MINUTE_US,
        on_expiry: if chance(ctx, 80) {
            OnExpiry::Refund
        } else {
            OnExpiry::Forfeit
        },
        ..plain
    }
}
