//! One person of a load: what they do next, and the small model of what they have, by which they judge every answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::shell;
use kernel::Ctx;
use serde_json::{Value, json};

use super::World;
use super::judge::{Wrong, cny, is_due, is_refused};
use super::shops::{COUPON, DUE, Good};
use crate::serve::Failure;
use crate::story::actor::{Actor, Answer, fresh_key, number, text};
use crate::story::before::{LAT, LON};
use crate::story::counter::{Held, hold_vouchers};

/// How long a payment may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What somebody may do next.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Search,
    Look,
    Quote,
    Claim,
    Buy,
    ShowFalseQr,
    LookIntoWallet,
    BeServed,
    GiveBack,
    NameLowerPrice,
    LookAtAnothersOrder,
}

/// In how many of a hundred cases. Everybody does each of them once at first, so that the shortest load has them all.
const DEEDS: [(Deed, u64); 11] = [
    (Deed::Search, 25),
    (Deed::Look, 13),
    (Deed::Quote, 8),
    (Deed::Claim, 4),
    (Deed::Buy, 20),
    (Deed::ShowFalseQr, 3),
    (Deed::LookIntoWallet, 6),
    (Deed::BeServed, 10),
    (Deed::GiveBack, 4),
    (Deed::NameLowerPrice, 4),
    (Deed::LookAtAnothersOrder, 3),
];

/// Somebody.
pub struct Guest {
    number: u32,
    world: Arc<World>,
    actor: Actor,
    dice: Ctx,
    /// The coupon in the wallet, and whether it was claimed at all.
    coupon: Option<String>,
    has_claimed: bool,
    vouchers: Vec<Owned>,
}

/// A voucher that the guest bought.
struct Owned {
    held: Held,
    shop: usize,
    /// Which of the shop's.
    good: usize,
    /// Whether it was paid without the coupon, so that its price is what comes back.
    at_full_price: bool,
    /// As the server must call it.
    status: &'static str,
}

impl Guest {
    /// Somebody who has nothing yet.
    pub fn new(number: u32, world: Arc<World>, actor: Actor, dice: Ctx) -> Self {
        Self {
            number,
            world,
            actor,
            dice,
            coupon: None,
            has_claimed: false,
            vouchers: Vec::new(),
        }
    }

    /// Signs in and does one thing after the other, until the time is over.
    pub async fn live(mut self) {
        if let Err(Wrong(what)) = self.sign_in().await {
            self.world.tally.wrong("signInWithCode", &what);
            return;
        }
        for (deed, _) in DEEDS {
            self.do_and_tell(deed).await;
        }
        while shell::instant() < self.world.until {
            let deed = self.choose_deed();
            self.do_and_tell(deed).await;
        }
    }

    async fn do_and_tell(&mut self, deed: Deed) {
        if let Err(Wrong(what)) = self.do_one(deed).await {
            self.world.tally.wrong(&format!("{deed:?}"), &what);
        }
    }

    async fn sign_in(&mut self) -> Result<(), Wrong> {
        let _permit = self.world.permits.acquire().await;
        self.actor = self.actor.clone().sign_in_with_code().await?;
        Ok(())
    }

    fn choose_deed(&self) -> Deed {
        let mut left = self.dice.random_below(100);
        let chosen = DEEDS.into_iter().find(|(_, share)| {
            let is_it = left < *share;
            left = left.saturating_sub(*share);
            is_it
        });
        chosen.map_or(Deed::Search, |(deed, _)| deed)
    }

    async fn do_one(&mut self, deed: Deed) -> Result<(), Wrong> {
        match deed {
            Deed::Search => self.search().await,
            Deed::Look => self.look().await,
            Deed::Quote => self.quote().await,
            Deed::Claim => self.claim().await,
            Deed::Buy => self.buy().await,
            Deed::ShowFalseQr => self.show_a_false_qr().await,
            Deed::LookIntoWallet => self.look_into_wallet().await,
            Deed::BeServed => self.be_served().await,
            Deed::GiveBack => self.give_back().await,
            Deed::NameLowerPrice => self.name_a_lower_price().await,
            Deed::LookAtAnothersOrder => self.look_at_an_order_of_another().await,
        }
    }

    async fn search(&self) -> Result<(), Wrong> {
        let (radius_m, words) = (2_000, ["", "&text=%E9%9D%A2", "&text=tea", "&sort=distance"]);
        let words = words[self.dice.random_below(words.len() as u64) as usize];
        let path = format!("/v1/search?lat={LAT}&lon={LON}&radius_m={radius_m}{words}");
        let found = self.get("searchOffers", &path).await?.done()?;
        let far = |item: &&Value| item["distance_m"].as_i64().is_none_or(|m| m > radius_m);
        match found["items"].as_array().into_iter().flatten().find(far) {
            Some(item) => Err(format!("not within {radius_m} m: {item}").into()),
            None => Ok(()),
        }
    }

    async fn look(&self) -> Result<(), Wrong> {
        let good = self.choose_good();
        let path = format!("/v1/offers/{}", good.offer);
        let page = self.get("getOfferPage", &path).await?.done()?;
        let left = number(&page, "units_left")?;
        if number(&page["price"], "amount")? != DUE || !(0..=good.stock).contains(&left) {
            return Err(format!("{DUE} fen and 0 to {} units were to be shown: {page}", good.stock).into());
        }
        let path = format!("{path}/reviews");
        self.get("listReviewsOfOffer", &path).await?.done()?;
        Ok(())
    }

    async fn quote(&self) -> Result<(), Wrong> {
        let good = self.choose_good();
        let quantity = self.quantity();
        let path = format!("/v1/offers/{}/quote?quantity={quantity}", good.offer);
        let answer = self.get("quoteOrder", &path).await?;
        if answer.problem_code() == Some("order_sold_out") {
            return Ok(());
        }
        is_due(&answer.done()?["cash_due"], DUE * quantity)
    }

    /// One for each person.
    async fn claim(&mut self) -> Result<(), Wrong> {
        let path = format!("/v1/coupons/{}/claims", self.world.market.coupon);
        let answer = self.post("claimCoupon", &self.actor, &path, &json!({})).await?;
        if self.has_claimed {
            return is_refused(&answer, &["coupon_limit_reached"]);
        }
        self.coupon = Some(text(&answer.done()?, "id")?.to_owned());
        self.has_claimed = true;
        Ok(())
    }

    async fn buy(&mut self) -> Result<(), Wrong> {
        let world = Arc::clone(&self.world);
        let (shop, index) = self.choose();
        let good = &world.market.shops[shop].goods[index];
        let quantity = self.quantity();
        let coupon = self.coupon.take();
        let due = DUE * quantity - coupon.as_ref().map_or(0, |_| COUPON);
        let wish = json!({
            "offer": good.offer, "quantity": quantity, "wallet_coupons": coupon.iter().collect::<Vec<_>>(),
            "expected_cash": cny(due),
        });
        let key = fresh_key();
        let answer = self
            .post_under("placeOrder", &self.actor, &key, "/v1/orders", &wish)
            .await?;
        self.repeat(&key, &wish, &answer).await?;
        if answer.problem_code() == Some("order_sold_out") {
            self.coupon = coupon;
            return Ok(());
        }
        let placed = answer.done()?;
        is_due(&placed["price"]["cash_due"], due)?;
        let order = text(&placed, "order")?;
        self.pay(order, due).await?;
        let held = {
            let _permit = world.permits.acquire().await;
            hold_vouchers(&self.actor, order).await?
        };
        if held.len() as i64 != quantity {
            return Err(format!("{quantity} vouchers were bought, and {} are there", held.len()).into());
        }
        self.vouchers.extend(held.into_iter().map(|held| Owned {
            held,
            shop,
            good: index,
            at_full_price: coupon.is_none(),
            status: "live",
        }));
        world.market.note_order(self.number, order);
        let sold = good.sold.fetch_add(quantity, Ordering::Relaxed) + quantity;
        if sold > good.stock {
            return Err(format!(
                "{sold} units of {} were sold, and there were {}",
                good.offer, good.stock
            )
            .into());
        }
        Ok(())
    }

    /// The same key again, sometimes: with the same body it is the same answer, with another one it is refused.
    async fn repeat(&self, key: &str, wish: &Value, first: &Answer) -> Result<(), Wrong> {
        if self.dice.random_below(4) > 0 {
            return Ok(());
        }
        let again = self
            .post_under("placeOrder", &self.actor, key, "/v1/orders", wish)
            .await?;
        if (again.status, &again.body) != (first.status, &first.body) {
            return Err(format!("the same key was answered otherwise: {first:?}, then {again:?}").into());
        }
        let mut other = wish.clone();
        other["quantity"] = json!(5);
        let reused = self
            .post_under("placeOrder", &self.actor, key, "/v1/orders", &other)
            .await?;
        is_refused(&reused, &["idempotency_key_reused"])
    }

    /// Pays on the provider's page and waits for its news.
    async fn pay(&self, order: &str, due: i64) -> Result<(), Wrong> {
        let path = format!("/v1/orders/{order}/payments");
        let started = self
            .post("startPayment", &self.actor, &path, &json!({}))
            .await?
            .done()?;
        let payment = text(&started, "pay_url")?.rsplit('/').next().unwrap_or_default();
        let choice = json!({ "outcome": "succeed", "instrument": format!("card-{}", fresh_key()) });
        let provider = &self.world.provider;
        let path = format!("/v1/payments/{payment}/pay");
        let paid = self
            .post("pay at the provider", provider, &path, &choice)
            .await?
            .done()?;
        if number(&paid, "amount")? != due {
            return Err(format!("{due} fen were to be paid: {paid}").into());
        }
        let deadline = shell::instant() + PATIENCE;
        let path = format!("/v1/orders/{order}");
        while self.get("getOrder", &path).await?.done()?["status"] != "paid" {
            if shell::instant() > deadline {
                return Err(format!("{order} was paid, and is not called so after {PATIENCE:?}").into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Every voucher on the first page of the wallet is one that was bought, as far as it is used.
    async fn look_into_wallet(&self) -> Result<(), Wrong> {
        let page = self.get("listMyVouchers", "/v1/me/vouchers").await?.done()?;
        let shown = page["items"].as_array().cloned().unwrap_or_default();
        if shown.is_empty() != self.vouchers.is_empty() {
            return Err(format!("{} vouchers were bought: {page}", self.vouchers.len()).into());
        }
        for voucher in shown {
            let own = self
                .vouchers
                .iter()
                .find(|own| voucher["id"] == own.held.id.as_str());
            let own = own.ok_or_else(|| format!("never bought: {voucher}"))?;
            if voucher["status"] != own.status {
                return Err(format!("the voucher was to be {}: {voucher}", own.status).into());
            }
        }
        Ok(())
    }

    /// Shows a QR, shows the same one again, reviews the visit, once and twice.
    async fn be_served(&mut self) -> Result<(), Wrong> {
        let world = Arc::clone(&self.world);
        let Some(index) = self.pick_live() else {
            return Ok(());
        };
        let shop = &world.market.shops[self.vouchers[index].shop];
        let qr = json!({ "qr": self.vouchers[index].held.qr(shell::now()) });
        let answer = self.post("redeemScan", &shop.cashier, &shop.scan, &qr).await?;
        let redemption = text(&answer.done()?, "redemption")?.to_owned();
        self.vouchers[index].status = "used";
        let again = self.post("redeemScan", &shop.cashier, &shop.scan, &qr).await?;
        // On a server that is slow the QR has gone stale meanwhile.
        is_refused(&again, &["redeem_voucher_used_up", "qr_stale"])?;
        let path = format!("/v1/vouchers/{}/refund", self.vouchers[index].held.id);
        let back = self.post("refundVoucher", &self.actor, &path, &json!({})).await?;
        is_refused(&back, &["refund_nothing_left"])?;
        let path = format!("/v1/redemptions/{redemption}/review");
        let stars = 1 + self.dice.random_below(5);
        let review = json!({ "stars": stars, "aspects": {}, "text": "排队也值得。Worth the queue." });
        self.post("postReview", &self.actor, &path, &review)
            .await?
            .done()?;
        let second = self.post("postReview", &self.actor, &path, &review).await?;
        is_refused(&second, &["review_exists"])
    }

    /// Gives a voucher back, tries it twice, and shows it at the counter all the same.
    async fn give_back(&mut self) -> Result<(), Wrong> {
        let world = Arc::clone(&self.world);
        let Some(index) = self.pick_live() else {
            return Ok(());
        };
        let own = &self.vouchers[index];
        let path = format!("/v1/vouchers/{}/refund", own.held.id);
        let preview = self.get("previewRefund", &path).await?.done()?;
        let cash = number(&preview["cash"], "amount")?;
        // From here on somebody else may buy the unit.
        let good = &world.market.shops[own.shop].goods[own.good];
        good.sold.fetch_sub(1, Ordering::Relaxed);
        let back = self
            .post("refundVoucher", &self.actor, &path, &json!({}))
            .await?
            .done()?;
        if number(&back, "cash")? != cash || (own.at_full_price && cash != DUE) {
            return Err(format!("{preview} was shown, {DUE} was paid, and back came {back}").into());
        }
        self.vouchers[index].status = "refunded";
        let again = self.post("refundVoucher", &self.actor, &path, &json!({})).await?;
        is_refused(&again, &["refund_nothing_left"])?;
        let own = &self.vouchers[index];
        let shop = &world.market.shops[own.shop];
        let qr = json!({ "qr": own.held.qr(shell::now()) });
        let scanned = self.post("redeemScan", &shop.cashier, &shop.scan, &qr).await?;
        is_refused(&scanned, &["redeem_voucher_refunded"])
    }

    /// Wants to pay one fen less.
    async fn name_a_lower_price(&self) -> Result<(), Wrong> {
        let good = self.choose_good();
        let quantity = self.quantity();
        let wish =
            json!({ "offer": good.offer, "quantity": quantity, "expected_cash": cny(DUE * quantity - 1) });
        let answer = self.post("placeOrder", &self.actor, "/v1/orders", &wish).await?;
        is_refused(&answer, &["order_price_changed", "order_sold_out"])
    }

    async fn look_at_an_order_of_another(&self) -> Result<(), Wrong> {
        let Some((buyer, order)) = self.world.market.last_order() else {
            return Ok(());
        };
        if buyer == self.number {
            return Ok(());
        }
        let answer = self.get("getOrder", &format!("/v1/orders/{order}")).await?;
        is_refused(&answer, &["order_not_found"])
    }

    /// A screenshot that is 90 s old, or a QR that another phone signed.
    async fn show_a_false_qr(&self) -> Result<(), Wrong> {
        let Some(index) = self.pick_live() else {
            return Ok(());
        };
        let own = &self.vouchers[index];
        let shop = &self.world.market.shops[own.shop];
        let (qr, refusal) = match self.dice.random_below(2) {
            0 => (own.held.qr(shell::now().plus_us(-90_000_000)), "qr_stale"),
            _ => (own.held.qr_of_another_phone(shell::now())?, "qr_other_device"),
        };
        let answer = self
            .post("redeemScan", &shop.cashier, &shop.scan, &json!({ "qr": qr }))
            .await?;
        is_refused(&answer, &[refusal])
    }

    /// The index of a shop, and of one of its offers: mostly the one that does not run out.
    fn choose(&self) -> (usize, usize) {
        let shop = self.dice.random_below(self.world.market.shops.len() as u64) as usize;
        (shop, usize::from(self.dice.random_below(10) == 0))
    }

    fn choose_good(&self) -> &Good {
        let (shop, good) = self.choose();
        &self.world.market.shops[shop].goods[good]
    }

    fn quantity(&self) -> i64 {
        1 + self.dice.random_below(3) as i64
    }

    fn pick_live(&self) -> Option<usize> {
        let live: Vec<usize> = (0..self.vouchers.len())
            .filter(|index| self.vouchers[*index].status == "live")
            .collect();
        let pick = self.dice.random_below(live.len().max(1) as u64) as usize;
        live.get(pick).copied()
    }

    async fn get(&self, operation: &'static str, path: &str) -> Result<Answer, Wrong> {
        self.timed(operation, || self.actor.ask(path)).await
    }

    async fn post(
        &self,
        operation: &'static str,
        who: &Actor,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Wrong> {
        self.post_under(operation, who, &fresh_key(), path, body).await
    }

    async fn post_under(
        &self,
        operation: &'static str,
        who: &Actor,
        key: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Wrong> {
        self.timed(operation, || who.post_under(key, path, body)).await
    }

    /// Sends a request, and again as long as the server is too busy for it: that is no answer yet.
    async fn timed<F: Future<Output = Result<Answer, Failure>>>(
        &self,
        operation: &'static str,
        send: impl Fn() -> F,
    ) -> Result<Answer, Wrong> {
        loop {
            let _permit = self.world.permits.acquire().await;
            let since = shell::instant();
            let answer = send().await?;
            self.world
                .tally
                .answered(operation, answer.status, since.elapsed());
            if answer.status != 503 || answer.problem_code() != Some("busy") {
                return Ok(answer);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests;
