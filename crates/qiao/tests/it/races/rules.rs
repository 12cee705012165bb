//! The table of what guests race for: what is scarce or single-use. What the house does once is in `house.rs`.

use http::shell;
use kernel::{CouponId, DAY_US, HOUR_US, MINUTE_US, OfferId, StoreId, Timestamp};
use offer::testing::dinner;
use offer::{BookingTerms, Day, Nights, PricePer, ResourceKind, Stay};
use serde_json::{Value, json};

use super::{Body, CROWD, Cast, Race, Release, Rule, WINNERS, Write, run};
use crate::support::client::Answer;
use crate::support::market::{COUPON, DUE, Good, Market, Visitor};
use crate::support::news;

/// A rule under which nobody stands on a second side.
pub const ONE_SIDED: Rule = Rule {
    held_back: "bucket",
    release: Release::Tasks,
    set_up: |_, _| Race::of([]),
    won: Answer::is_done,
    outcomes: &[[1, 0]],
    reasons: &[],
    counted: |_| 0,
};

fn order(by: &Visitor, good: &Good) -> Write {
    let body = json!({ "offer": good.offer.to_string(), "quantity": 1 });
    Write::post(by, "/v1/orders", body)
}

fn claim(by: &Visitor, coupon: CouponId) -> Write {
    Write::post(by, &format!("/v1/coupons/{coupon}/claims"), json!({}))
}

/// Half of the cashiers type and half of them scan, and both kinds are at both servers.
fn redemptions(market: &Market, cast: &Cast, good: Good) -> Race {
    let holder = &cast.guests[0];
    let voucher = market.voucher(good, holder);
    let (code, shop) = (market.code(voucher), market.shop);
    let place = format!(
        "/v1/merchants/{}/stores/{}/redemptions",
        shop.merchant, shop.store
    );
    let write = |(n, cashier): (usize, &Visitor)| match n / 2 % 2 {
        0 => Write {
            body: Body::Scan,
            ..Write::post(cashier, &format!("{place}/scan"), json!({}))
        },
        _ => Write::post(cashier, &format!("{place}/code"), json!({ "code": code })),
    };
    Race {
        writes: cast.cashiers.iter().enumerate().map(write).collect(),
        shown: Some((voucher.to_string(), holder.token.clone())),
    }
}

/// Every other pair of writes is replaced by one of this kind, on the second side.
fn against(race: Race, other: impl Fn(usize) -> Write) -> Race {
    let mix = |(n, write)| match n / 2 % 2 {
        0 => write,
        _ => other(n).on_side(1),
    };
    let writes = race.writes.into_iter().enumerate().map(mix).collect();
    Race { writes, ..race }
}

#[test]
fn stock_is_sold_once() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(WINNERS as i64, 1);
            Race::of(cast.guests.iter().map(|guest| order(guest, &good)))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "order_sold_out")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn the_last_unit_is_sold_once() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            Race::of(cast.guests.iter().map(|guest| order(guest, &good)))
        },
        reasons: &[(409, "order_sold_out")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn what_is_paid_after_the_service_is_ordered_once_at_a_time() {
    run(&Rule {
        held_back: "person",
        set_up: |market, cast| {
            let offer = market.paid_after().to_string();
            let body = json!({ "offer": offer, "quantity": 1 });
            Race::of(
                cast.guests
                    .iter()
                    .map(|_| Write::post(&cast.guests[0], "/v1/orders", body.clone())),
            )
        },
        reasons: &[(409, "order_one_at_a_time")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_head_count_is_kept() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer_to(WINNERS as i64, 1_000, 1);
            Race::of(cast.guests.iter().map(|guest| order(guest, &good)))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "order_head_count_full")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn the_last_place_of_a_group_is_one_persons() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(1_000, 1);
            let leader = market.consumers(1).remove(0);
            let group = market.group(good, &leader);
            let body = json!({ "offer": good.offer.to_string(), "quantity": 1, "group": group.to_string() });
            Race::of(
                cast.guests
                    .iter()
                    .map(|guest| Write::post(guest, "/v1/orders", body.clone())),
            )
        },
        reasons: &[(409, "group_full")],
        // Each leader's order is there too.
        counted: |audit| audit.orders() / 2,
        ..ONE_SIDED
    });
}

/// 18:00 in Shanghai, three days ahead.
fn an_evening() -> Timestamp {
    let day_us = (shell::now().0 / DAY_US + 3) * DAY_US;
    Timestamp(day_us + 10 * HOUR_US)
}

fn book(by: &Visitor, (offer, quantity): (OfferId, i64), store: StoreId, when: Value) -> Write {
    let order = json!({ "offer": offer.to_string(), "quantity": quantity });
    let wish = json!({ "order": order, "store": store.to_string(), "when": when, "party": 2 });
    Write::post(by, "/v1/bookings", wish)
}

#[test]
fn the_last_table_is_booked_once_whatever_the_times_that_overlap() {
    run(&Rule {
        held_back: "store",
        set_up: |market, cast| {
            let offer = market.booked(dinner(), ResourceKind::Table);
            let wish = |(n, guest): (usize, &Visitor)| {
                let at = an_evening().plus_us(n as i64 % 3 * 30 * MINUTE_US);
                let when = json!({ "starts_at": at.to_string() });
                book(guest, (offer, 1), market.shop.store, when)
            };
            Race::of(cast.guests.iter().enumerate().map(wish))
        },
        reasons: &[(409, "booking_full")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_table_that_is_held_for_who_waited_is_taken_once_and_by_nobody_else() {
    run(&Rule {
        held_back: "store",
        set_up: |market, cast| {
            let waited = &cast.guests[0];
            let (offer, entry) = market.offered(waited, an_evening());
            let take = Write::post(
                waited,
                &format!("/v1/me/waitlist/{entry}/take"),
                json!({ "offer": offer.to_string(), "quantity": 1 }),
            );
            let when = json!({ "starts_at": an_evening().to_string() });
            let store = market.shop.store;
            let race = Race::of(cast.guests.iter().map(|_| take.clone()));
            against(race, |n| book(&cast.guests[n], (offer, 1), store, when.clone()))
        },
        outcomes: &[[1, 0]],
        reasons: &[(409, "waitlist_status"), (409, "booking_full")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

/// Everybody wants these seats of the only row of a showing, each in their turn.
fn seats(market: &mut Market, cast: &Cast, row: &str, wishes: &[&[&str]]) -> Race {
    let (offer, showing, starts_at) = market.screened(row, an_evening());
    let store = market.shop.store.to_string();
    let wish = |(n, guest): (usize, &Visitor)| {
        let seats = wishes[n / 2 % wishes.len()];
        let chosen = json!({ "showing": showing.to_string(), "seats": seats });
        let order = json!({ "offer": offer.to_string(), "quantity": seats.len(), "seats": chosen });
        let when = json!({ "starts_at": starts_at.to_string() });
        let wish = json!({ "order": order, "store": store, "when": when, "party": seats.len() });
        Write::post(guest, "/v1/bookings", wish)
    };
    Race::of(cast.guests.iter().enumerate().map(wish))
}

#[test]
fn the_last_seat_is_sold_once() {
    run(&Rule {
        held_back: "showing",
        set_up: |market, cast| seats(market, cast, "s", &[&["A-1"]]),
        reasons: &[(409, "seats_taken")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn of_choices_that_overlap_one_has_all_its_seats_and_the_others_none() {
    run(&Rule {
        held_back: "showing",
        set_up: |market, cast| {
            // Any two of these have a seat in common.
            let wishes: [&[&str]; 4] = [
                &["A-1", "A-2"],
                &["A-2", "A-3"],
                &["A-3", "A-1"],
                &["A-1", "A-2", "A-3"],
            ];
            seats(market, cast, "ssss", &wishes)
        },
        reasons: &[(409, "seats_taken")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_hall_has_one_showing_at_a_time() {
    run(&Rule {
        held_back: "store",
        set_up: |market, cast| {
            let (offer, hall) = market.cinema("s");
            let path = format!("/v1/merchants/{}/halls/{hall}/showings", market.shop.merchant);
            let day = Day::in_utc(an_evening()).to_string();
            let write = |n: usize| {
                let body = json!({ "offer": offer.to_string(), "day": day, "minute": 1_080 + n % 3 * 30,
                                   "length_minutes": 120, "surcharges": [] });
                Write::post(&cast.manager, &path, body)
            };
            Race::of((0..CROWD).map(write))
        },
        reasons: &[(409, "showing_hall_taken")],
        counted: |audit| audit.showings(),
        ..ONE_SIDED
    });
}

#[test]
fn of_stays_that_share_one_night_of_the_last_room_one_is_booked() {
    run(&Rule {
        held_back: "store",
        set_up: |market, cast| {
            let terms = BookingTerms {
                stay: Stay::Nights(Nights {
                    check_in_minute: 15 * 60,
                    check_out_minute: 12 * 60,
                    nights_min: 1,
                    nights_max: 7,
                    rates: Vec::new(),
                }),
                price_per: PricePer::Night,
                ..dinner()
            };
            let offer = market.booked(terms, ResourceKind::RoomType);
            let wish = |(n, guest): (usize, &Visitor)| {
                let from = Day::in_utc(an_evening()).plus(n as i64 % 3);
                let when = json!({ "from": from.to_string(), "nights": 3 });
                book(guest, (offer, 3), market.shop.store, when)
            };
            Race::of(cast.guests.iter().enumerate().map(wish))
        },
        reasons: &[(409, "booking_full")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_coupon_is_claimed_as_often_as_there_are() {
    run(&Rule {
        set_up: |market, cast| {
            let coupon = market.coupon(1, 1);
            Race::of(cast.guests.iter().map(|guest| claim(guest, coupon)))
        },
        reasons: &[(409, "coupon_all_claimed")],
        counted: |audit| audit.claimed_coupons(),
        ..ONE_SIDED
    });
}

#[test]
fn a_coupon_is_claimed_as_often_as_one_person_may() {
    run(&Rule {
        set_up: |market, cast| {
            let coupon = market.coupon(1_000, WINNERS as i64);
            Race::of((0..CROWD).map(|_| claim(&cast.guests[0], coupon)))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "coupon_limit_reached")],
        counted: |audit| audit.claimed_coupons(),
        ..ONE_SIDED
    });
}

#[test]
fn a_coupons_budget_is_not_overdrawn() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(1_000, 1);
            let coupon = market.coupon_with(1_000, 1, WINNERS as i64 * COUPON + COUPON / 2);
            let with_coupon = |guest| {
                let wallet_coupon = market.claimed(coupon, guest).to_string();
                let body = json!({ "offer": good.offer.to_string(), "quantity": 1, "wallet_coupons": [wallet_coupon] });
                Write::post(guest, "/v1/orders", body)
            };
            Race::of(cast.guests.iter().map(with_coupon))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "coupon_budget_spent")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

/// An order at the price that it has with a coupon that comes by itself.
fn with_automatic(by: &Visitor, good: &Good) -> Write {
    let expected = json!({ "amount": DUE - COUPON, "currency": "CNY" });
    let body = json!({ "offer": good.offer.to_string(), "quantity": 1, "expected_cash": expected });
    Write::post(by, "/v1/orders", body)
}

#[test]
fn an_automatic_coupons_budget_is_not_overdrawn() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(1_000, 1);
            market.automatic_coupon(&good, 1, WINNERS as i64 * COUPON + COUPON / 2);
            Race::of(cast.guests.iter().map(|guest| with_automatic(guest, &good)))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "order_price_changed")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_person_has_an_automatic_coupon_as_often_as_one_may() {
    run(&Rule {
        set_up: |market, cast| {
            let good = market.offer(1_000, 1);
            market.automatic_coupon(&good, WINNERS as i64, 1_000 * COUPON);
            Race::of((0..CROWD).map(|_| with_automatic(&cast.guests[0], &good)))
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "order_price_changed")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_coupon_of_a_wallet_is_in_one_order() {
    run(&Rule {
        held_back: "wallet_coupon",
        set_up: |market, _| {
            // At two offers, whose orders do not wait for each other, in two sessions.
            let goods = [market.offer(1_000, 1), market.offer(1_000, 1)];
            let (coupon, sessions) = (market.coupon(1, 1), market.consumer_twice());
            let wallet_coupon = market.claimed(coupon, &sessions[0]).to_string();
            Race::of((0..CROWD).map(|n| {
                let offer = goods[n / 2 % 2].offer.to_string();
                let body = json!({ "offer": offer, "quantity": 1, "wallet_coupons": [wallet_coupon] });
                Write::post(&sessions[n / 4 % 2], "/v1/orders", body)
            }))
        },
        reasons: &[(409, "coupon_in_use")],
        counted: |audit| audit.orders(),
        ..ONE_SIDED
    });
}

#[test]
fn a_rebate_is_spent_once() {
    run(&Rule {
        held_back: "rebate_balance",
        set_up: |market, _| {
            let goods = [market.offer(1_000, 1), market.offer(1_000, 1)];
            let guest = market.consumers(1).remove(0);
            market.rebate(&guest, 1_000);
            Race::of((0..CROWD).map(|n| {
                let offer = goods[n / 2 % 2].offer.to_string();
                let body = json!({ "offer": offer, "quantity": 1, "use_rebate": true });
                Write::post(&guest, "/v1/orders", body)
            }))
        },
        won: |answer| answer.body["price"]["rebate_used"]["amount"] == 1_000,
        // Who looked before another spent it is told that it changed.
        reasons: &[(409, "order_rebate_changed")],
        counted: |audit| audit.orders_with_rebate(),
        ..ONE_SIDED
    });
}

#[test]
fn a_voucher_is_used_as_often_as_it_says() {
    run(&Rule {
        held_back: "voucher",
        set_up: |market, cast| {
            let good = market.offer(1, WINNERS as i64);
            redemptions(market, cast, good)
        },
        outcomes: &[[WINNERS, 0]],
        reasons: &[(409, "redeem_voucher_used_up")],
        counted: |audit| audit.redemptions(),
        ..ONE_SIDED
    });
}

#[test]
fn a_voucher_is_redeemed_or_refunded() {
    run(&Rule {
        held_back: "voucher",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let race = redemptions(market, cast, good);
            let (voucher, _) = race.shown.clone().expect("a voucher is shown");
            against(race, |_| {
                Write::post(
                    &cast.guests[0],
                    &format!("/v1/vouchers/{voucher}/refund"),
                    json!({}),
                )
            })
        },
        outcomes: &[[1, 0], [0, 1]],
        reasons: &[
            (409, "redeem_voucher_used_up"),
            (409, "redeem_voucher_refunded"),
            (409, "refund_nothing_left"),
        ],
        counted: |audit| audit.redemptions(),
        ..ONE_SIDED
    });
}

#[test]
fn a_payment_is_charged_back_once_and_nobody_is_paid_for_its_visit() {
    run(&Rule {
        held_back: "voucher",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let race = redemptions(market, cast, good);
            let (voucher, _) = race.shown.clone().expect("a voucher is shown");
            let attempt = market.attempt(voucher.parse().expect("a voucher's id"));
            let news = news::charged_back(attempt);
            against(race, |n| Write {
                path: news::PATH.to_owned(),
                // The same news under one id and under many.
                body: Body::News(format!("msg_{attempt}_{}", n % 8), Box::new(news.clone())),
                ..Write::post(&cast.guests[0], "", json!({}))
            })
        },
        outcomes: &[[1, CROWD / 2], [0, CROWD / 2]],
        reasons: &[(409, "redeem_voucher_used_up"), (409, "redeem_voucher_refunded")],
        counted: |audit| {
            assert_eq!(audit.refunds(), audit.orders());
            let left = audit.balances().into_iter();
            let left: Vec<_> = left.filter(|(_, balance)| *balance != (0, 0)).collect();
            assert_eq!(left, [], "every account is as before the purchase");
            audit.redemptions()
        },
        ..ONE_SIDED
    });
}

#[test]
fn a_voucher_is_refunded_once() {
    run(&Rule {
        held_back: "voucher",
        set_up: |market, cast| {
            // A use is taken: its unit is not for sale again, so that no bucket stands behind the guards.
            let good = market.offer(1, 2);
            let voucher = market.voucher(good, &cast.guests[0]);
            market.redemption(voucher, &cast.cashiers[0]);
            // The guest asks, and so does the merchant's manager.
            let (by_guest, by_shop) = (
                format!("/v1/vouchers/{voucher}/refund"),
                format!("/v1/merchants/{}/vouchers/{voucher}/refund", market.shop.merchant),
            );
            Race::of((0..CROWD).map(|n| match n / 2 % 2 {
                0 => Write::post(&cast.guests[0], &by_guest, json!({})),
                _ => Write::post(&cast.manager, &by_shop, json!({ "reason": "closed today" })),
            }))
        },
        reasons: &[(409, "refund_nothing_left")],
        counted: |audit| audit.refunds(),
        ..ONE_SIDED
    });
}

#[test]
fn a_visit_is_refunded_once() {
    run(&Rule {
        held_back: "redemption",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let voucher = market.voucher(good, &cast.guests[0]);
            let visit = market.redemption(voucher, &cast.cashiers[0]);
            let path = format!(
                "/v1/merchants/{}/redemptions/{visit}/refund",
                market.shop.merchant
            );
            let write = Write::post(&cast.manager, &path, json!({ "reason": "cold" }));
            Race::of(vec![write; CROWD])
        },
        reasons: &[(409, "redemption_not_live")],
        counted: |audit| audit.refunds(),
        ..ONE_SIDED
    });
}

#[test]
fn a_visit_is_undone_once_and_its_use_taken_again_at_most_once() {
    run(&Rule {
        held_back: "voucher",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let voucher = market.voucher(good, &cast.guests[0]);
            let (code, shop) = (market.code(voucher), market.shop);
            let visit = market.redemption(voucher, &cast.cashiers[0]);
            let undo = format!("/v1/merchants/{}/redemptions/{visit}/undo", shop.merchant);
            let type_in = format!(
                "/v1/merchants/{}/stores/{}/redemptions/code",
                shop.merchant, shop.store
            );
            let undoing = cast.cashiers.iter().map(|by| Write::post(by, &undo, json!({})));
            against(Race::of(undoing), |n| {
                Write::post(&cast.cashiers[n], &type_in, json!({ "code": code }))
            })
        },
        outcomes: &[[1, 0], [1, 1]],
        reasons: &[(409, "redemption_not_live"), (409, "redeem_voucher_used_up")],
        counted: |audit| audit.undone_redemptions(),
        ..ONE_SIDED
    });
}

#[test]
fn an_order_is_cancelled_or_paid() {
    run(&Rule {
        held_back: "orders",
        set_up: |market, cast| {
            let good = market.offer(1, 1);
            let (order, attempt) = market.awaiting(good, &cast.guests[0]);
            let cancel = Write::post(&cast.guests[0], &format!("/v1/orders/{order}/cancel"), json!({}));
            let news = news::paid(attempt);
            against(Race::of(vec![cancel; CROWD]), |n| Write {
                path: news::PATH.to_owned(),
                // The same news under one id and under many.
                body: Body::News(format!("msg_{attempt}_{}", n % 8), Box::new(news.clone())),
                ..Write::post(&cast.guests[0], "", json!({}))
            })
        },
        // The provider's news is always taken; what came too late goes back whole.
        outcomes: &[[1, CROWD / 2], [0, CROWD / 2]],
        reasons: &[(409, "order_not_open")],
        counted: |audit| {
            assert_eq!(audit.cancelled_orders(), audit.refunds());
            assert_eq!(audit.cancelled_orders() + audit.paid_orders(), audit.orders());
            assert_eq!(audit.vouchers(), audit.paid_orders());
            audit.cancelled_orders()
        },
        ..ONE_SIDED
    });
}
