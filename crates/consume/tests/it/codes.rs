//! Redeeming by the 12-digit code, and the lock on those who guess.

use consume::{CodeAnswer, RedeemCode, RedemptionMode};
use kernel::{Actor, DAY_US, HOUR_US, MINUTE_US, SECOND_US};
use party::Role;
use party::testing::{NOW, certified_shop, staff};
use store::sql;

use crate::world::World;
use crate::{at_once, code, on_both};

/// What a code that no voucher of the test has is read as.
fn wrong(n: u64) -> i64 {
    999_999_000_000 + n as i64
}

impl World<'_> {
    fn miss(&self, n: u64, now: kernel::Timestamp) -> Result<CodeAnswer, store::Rejected> {
        self.type_code(self.as_cashier(), now, self.by_code(wrong(n)))
    }
}

#[test]
fn a_typed_code_takes_a_use_like_a_scan() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let cmd = world.by_code(world.voucher(voucher).number);
        let answer = world.type_code(world.as_cashier(), NOW, cmd).expect("an answer");
        let CodeAnswer::Redeemed(redeemed) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!((redeemed.voucher, redeemed.amount.amount), (voucher, 8_500));
        assert_eq!(world.redemptions(voucher)[0].mode, RedemptionMode::Code);
        assert_eq!((world.payable(), world.commission()), (7_650, 850));
    });
}

#[test]
fn the_code_of_a_voucher_that_is_done_says_why_and_is_no_miss() {
    on_both(|world| {
        let [used, refunded, expired] = world.buy(3).vouchers[..] else {
            panic!("three vouchers")
        };
        world.scan(used).expect("redeemed");
        world.refund_voucher(refunded).expect("refunded");
        assert!(world.expire(expired, NOW.plus_us(90 * DAY_US)));
        let type_it = |voucher| {
            let cmd = world.by_code(world.voucher(voucher).number);
            world
                .type_code(world.as_cashier(), NOW, cmd)
                .expect_err("a refusal")
        };
        for _ in 0..10 {
            let refused = type_it(used);
            assert_eq!(refused.code, "redeem_voucher_used_up");
            assert!(refused.detail.contains(&NOW.to_string()), "{}", refused.detail);
            let members = refused.members.expect("the same for a program");
            assert_eq!(members["last_scanned_at"], NOW.to_string());
            assert_eq!(members["last_store"], world.shop.store.to_string());
            assert_eq!(members["last_use_no"], 1);
        }
        assert_eq!(type_it(refunded).code, "redeem_voucher_refunded");
        assert_eq!(type_it(expired).code, "redeem_voucher_expired");
        assert_eq!(world.miss(1, NOW), Ok(CodeAnswer::Declined { tries_left: 9 }));
    });
}

#[test]
fn anothers_code_looks_like_a_wrong_one_and_a_wrong_store_is_told_to_its_own_staff() {
    on_both(|world| {
        let number = world.voucher(world.buy(1).vouchers[0]).number;
        let rival = certified_shop(world.db, 2);
        let cashier = Actor::Staff(staff(world.db, rival, None, Role::Cashier, 2), rival.merchant);
        let as_rival = RedeemCode {
            merchant: rival.merchant,
            store: rival.store,
            ..world.by_code(number)
        };
        let declined = world.type_code(cashier, NOW, as_rival);
        assert_eq!(declined, Ok(CodeAnswer::Declined { tries_left: 9 }));
        let elsewhere = RedeemCode {
            store: world.branch,
            ..world.by_code(number)
        };
        assert_eq!(
            code(world.type_code(world.as_cashier(), NOW, elsewhere)),
            "redeem_wrong_store"
        );
    });
}

#[test]
fn ten_misses_lock_the_person_on_every_device_and_the_device_for_everybody() {
    on_both(|world| {
        let voucher = world.buy(1).vouchers[0];
        let right = world.by_code(world.voucher(voucher).number);
        let device = Some(world.device(1));
        for n in 1..=10 {
            let guess = RedeemCode {
                device,
                ..world.by_code(wrong(n))
            };
            let now = NOW.plus_us(n as i64 * SECOND_US);
            let tries_left = 10 - n as i64;
            assert_eq!(
                world.type_code(world.as_cashier(), now, guess),
                Ok(CodeAnswer::Declined { tries_left })
            );
        }
        let now = NOW.plus_us(MINUTE_US);
        let refused = world
            .type_code(world.as_cashier(), now, right.clone())
            .expect_err("locked");
        assert_eq!(refused.code, "redeem_codes_locked");
        let until = NOW.plus_us(10 * SECOND_US + 15 * MINUTE_US);
        assert!(refused.detail.contains(&until.to_string()), "{}", refused.detail);
        let members = refused.members.expect("the same for a program");
        assert_eq!(members["locked_until"], until.to_string());
        let other = staff(world.db, world.shop, None, Role::Cashier, 9);
        let other = Actor::Staff(other, world.shop.merchant);
        let on_device = RedeemCode {
            device,
            ..right.clone()
        };
        assert_eq!(
            code(world.type_code(other, now, on_device.clone())),
            "redeem_codes_locked"
        );
        assert_eq!(
            world.number(|| sql!("SELECT COUNT(*) FROM event WHERE type = 'CodesLocked'")),
            1
        );
        // A scan still works, and so does the code once the lock is over.
        assert!(matches!(
            world.type_code(world.as_cashier(), until, on_device),
            Ok(CodeAnswer::Redeemed(_))
        ));
    });
}

#[test]
fn a_hit_forgives_only_itself_and_old_misses_are_forgotten() {
    on_both(|world| {
        let bought = world.buy(2);
        let right = |n: usize| world.by_code(world.voucher(bought.vouchers[n]).number);
        for n in 1..=9 {
            world.miss(n, NOW).expect("declined");
        }
        let hit = world
            .type_code(world.as_cashier(), NOW, right(0))
            .expect("an answer");
        assert!(matches!(hit, CodeAnswer::Redeemed(_)));
        assert_eq!(world.miss(10, NOW), Ok(CodeAnswer::Declined { tries_left: 0 }));
        assert_eq!(
            code(world.type_code(world.as_cashier(), NOW, right(1))),
            "redeem_codes_locked"
        );
        let later = NOW.plus_us(HOUR_US);
        assert_eq!(world.miss(11, later), Ok(CodeAnswer::Declined { tries_left: 9 }));
    });
}

#[test]
fn parallel_guesses_get_no_more_tries_than_one_after_another() {
    on_both(|world| {
        let guesses: Vec<RedeemCode> = (0..40).map(|n| world.by_code(wrong(n))).collect();
        let actor = world.as_cashier();
        let answers = at_once(guesses.len(), |n| {
            let cmd = guesses[n].clone();
            world.run(actor, NOW, move |tx, ctx| consume::redeem_code(tx, ctx, &cmd))
        });
        let looked_up = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(looked_up, 10);
    });
}
