//! What brings people in: the platform's entries, and coupons of the platform and of every fourth merchant.

use convert::decide::Conditions;
use convert::{CouponKind, CreateCoupon, Distribution};
use kernel::{Actor, BasisPoints, CouponId, Ctx, Currency, EntryId, LocalText, MerchantId, PersonId};
use store::Tx;

use crate::CityError;
use crate::founding::points;
use crate::people::Operators;
use crate::shops::Shop;
use crate::texts::both;
use crate::works::{Script, Works, acting};

/// A coupon that can be claimed since before the first order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coupon {
    pub coupon: CouponId,
    /// Whose offers it is for; everybody's if `None`.
    pub merchant: Option<MerchantId>,
    pub min_spend: i64,
    pub per_person: u64,
}

/// Opens the platform's own entries.
pub(crate) fn open_entries(works: &mut Works, operators: Operators) -> Result<Vec<EntryId>, CityError> {
    use channel::EntryKind::{App, Map, Search, Social};
    let at = works.calendar.at(74, 10 * 60);
    works.run_alone("an entry", 0, move |tx, ctx| {
        let kinds = [
            (Search, "站内搜索"),
            (Map, "地图"),
            (Social, "短视频"),
            (App, "生活服务小程序"),
        ];
        let mut entries = Vec::new();
        for (kind, name) in kinds {
            let cmd = channel::CreateEntry {
                merchant: None,
                kind,
                name: name.to_owned(),
            };
            let acting = acting(ctx, Actor::Operator(operators.admin), at);
            entries.push(channel::create_entry(tx, &acting, &cmd)?);
        }
        Ok(entries)
    })
}

/// Issues the coupons of the city.
pub(crate) fn issue_coupons(
    works: &mut Works,
    operators: Operators,
    shops: &[Shop],
) -> Result<Vec<Coupon>, CityError> {
    let calendar = works.calendar;
    let (starts_at, ends_at) = (calendar.at(62, 0), calendar.at(-60, 0));
    let draft = move |title: LocalText, kind, min_spend, per_person| CreateCoupon {
        merchant: None,
        offer: None,
        title,
        kind,
        conditions: Conditions::default(),
        currency: Currency::CNY,
        min_spend,
        platform_share: BasisPoints::WHOLE,
        per_person,
        per_day: per_person,
        per_device: None,
        distribution: Distribution::Claimed,
        total: 100_000,
        budget: 100_000_000,
        starts_at,
        ends_at,
    };
    let mut coupons: Vec<Coupon> = works.run_alone("a coupon", 0, move |tx, ctx| {
        let tenth = CouponKind::Percentage {
            share: points(1_000),
            max_discount: Some(2_000),
        };
        let drafts = [
            draft(
                both("新人立减 10 元", "10 yuan off for newcomers"),
                CouponKind::Cash { amount: 1_000 },
                5_000,
                1,
            ),
            draft(both("周末九折券", "Weekend 10 % off"), tenth, 3_000, 5),
            draft(
                both("满 200 减 30", "30 yuan off 200"),
                CouponKind::Cash { amount: 3_000 },
                20_000,
                3,
            ),
        ];
        let act = || acting(ctx, Actor::Operator(operators.finance), calendar.at(63, 600));
        drafts
            .iter()
            .map(|cmd| Ok(Coupon::of(convert::create_coupon(tx, &act(), cmd)?, cmd)))
            .collect()
    })?;
    let of_merchants = works.run_all("a merchant's coupon", shops.iter().step_by(4), |works, shop| {
        let (merchant, owner) = (shop.merchant, shop.owner);
        Script {
            lane: merchant,
            ctx: works.dice(),
            work: 0,
            run: move |tx: &mut Tx, ctx: &Ctx| {
                let kind = CouponKind::Cash { amount: 500 };
                let cmd = CreateCoupon {
                    merchant: Some(merchant),
                    platform_share: BasisPoints::ZERO,
                    ..draft(both("到店立减 5 元", "5 yuan off in our stores"), kind, 2_500, 2)
                };
                let act = acting(ctx, Actor::Staff(owner, merchant), calendar.at(62, 1_000));
                Ok(Coupon::of(convert::create_coupon(tx, &act, &cmd)?, &cmd))
            },
        }
    })?;
    coupons.extend(of_merchants);
    let by_itself = shops.iter().skip(3).step_by(4);
    works.run_all("an automatic coupon", by_itself, |works, shop| {
        let (merchant, owner) = (shop.merchant, shop.owner);
        Script {
            lane: merchant,
            ctx: works.dice(),
            work: 0,
            run: move |tx: &mut Tx, ctx: &Ctx| {
                let kind = CouponKind::Cash { amount: 1_000 };
                let cmd = CreateCoupon {
                    merchant: Some(merchant),
                    platform_share: BasisPoints::ZERO,
                    distribution: Distribution::Automatic,
                    starts_at: calendar.at(0, 0),
                    ..draft(
                        both("满 50 自动减 10", "10 yuan off 50, by itself"),
                        kind,
                        5_000,
                        2,
                    )
                };
                let act = acting(ctx, Actor::Staff(owner, merchant), calendar.at(1, 1_000));
                convert::create_coupon(tx, &act, &cmd)
            },
        }
    })?;
    Ok(coupons)
}

/// Puts the first two coupons of the platform into somebody's wallet, yesterday evening.
pub(crate) fn fill_wallet(works: &mut Works, person: PersonId, coupons: &[Coupon]) -> Result<(), CityError> {
    let at = works.calendar.at(1, 20 * 60);
    let wanted: Vec<CouponId> = coupons.iter().take(2).map(|coupon| coupon.coupon).collect();
    works.run_alone("a claim", 0, move |tx, ctx| {
        for coupon in &wanted {
            let cmd = convert::ClaimCoupon {
                coupon: *coupon,
                device: None,
            };
            convert::claim_coupon(tx, &acting(ctx, Actor::Consumer(person), at), &cmd)?;
        }
        Ok(())
    })
}

impl Coupon {
    fn of(coupon: CouponId, cmd: &CreateCoupon) -> Self {
        let per_person = cmd.per_person.max(0) as u64;
        Self {
            coupon,
            merchant: cmd.merchant,
            min_spend: cmd.min_spend,
            per_person,
        }
    }
}
