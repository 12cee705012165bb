//! How many statements each command takes, so that a change is seen.

use store::Cost;

use crate::on_both;

/// Runs one command under its own name and gives what it cost: asked and told statements.
fn cost_of<T: Send + 'static>(
    world: &crate::World,
    name: &'static str,
    ctx: kernel::Ctx,
    command: impl Fn(&mut store::Tx, &kernel::Ctx) -> Result<T, store::Fail> + Send + 'static,
) -> (u64, u64) {
    let done = world.db.run_blocking(name, world.shop.merchant, ctx, command);
    done.expect("an answer")
        .unwrap_or_else(|rejected| panic!("{name}: {rejected:?}"));
    let Cost { asked, told, .. } = world.db.costs()[name];
    (asked, told)
}

#[test]
fn statements_of_each_command() {
    on_both(|world| {
        let vouchers = world.buy(3).vouchers;
        let now = party::testing::NOW;
        let cashier = || party::testing::ctx_at(now, world.as_cashier());
        let device = Some(world.device(1));
        let scan = consume::RedeemScan {
            device,
            ..world.scan_of(vouchers[0])
        };
        let by_scan = cost_of(world, "redeem_scan", cashier(), move |tx, ctx| {
            consume::redeem_scan(tx, ctx, &scan)
        });
        let typed = consume::RedeemCode {
            device,
            ..world.code_of(world.voucher(vouchers[1]).code)
        };
        let by_code = cost_of(world, "redeem_code", cashier(), move |tx, ctx| {
            consume::redeem_code(tx, ctx, &typed)
        });
        let redemption = world.redemptions(vouchers[0])[0].id;
        let undo = cost_of(world, "undo_redemption", cashier(), move |tx, ctx| {
            consume::undo_redemption(tx, ctx, &consume::UndoRedemption { redemption })
        });
        let redemption = world.redemptions(vouchers[1])[0].id;
        let owner = party::testing::ctx_at(now, world.shop.as_owner()).with_reason("cold".to_owned());
        let refund = cost_of(world, "refund_redeemed", owner, move |tx, ctx| {
            consume::refund_redeemed(tx, ctx, &consume::RefundRedeemed { redemption })
        });
        assert_eq!(
            [by_scan, by_code, undo, refund],
            [(7, 5), (10, 7), (11, 5), (11, 6)],
            "asked and told"
        );
    });
}
