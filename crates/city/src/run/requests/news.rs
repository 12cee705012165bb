//! What the provider tells: bodies that it signed, read by the platform's own parser; and what others make up.

use convert::{AttemptStatus, PaymentOutcome, RefundCause};
use gateway::protocol::{self, BookEntry, Chargeback, PaymentStatus, RefundStatus, Reversal, TransferStatus};
use gateway::provider::{AttemptRef, Record};
use gateway::sandbox::event_body;
use gateway::webhook::{self, WebhookSecret};
use http::{NewsCommand, PROVIDER, read_news};
use kernel::{Currency, MerchantId, SECOND_US, StaticType, Timestamp, TypeSafeId};
use store::{Key, StorageError};

use super::{Reply, Request, Scene, look, scanning};
use crate::run::op::{Forgery, Name, News, No};
use crate::run::world::BEGIN;

/// One of them is the provider's.
fn secret(own: bool) -> WebhookSecret {
    let text = if own {
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    } else {
        "whsec_bWFsbG9yeXdhc2hlcmVtYWxsb3J5d2FzaGVyZQ=="
    };
    text.parse().expect("a secret of 24 bytes or more")
}

/// An event as the provider sends it: its name and its body. `altered` is another one of the same name.
fn event(scene: Scene<'_>, news: News, altered: bool) -> (String, Vec<u8>) {
    let at = BEGIN.plus_us(if altered { SECOND_US } else { 0 });
    (event_name(news), body_of(&entry(scene, news), at))
}

fn event_name(news: News) -> String {
    match news {
        News::Paid(payment) => format!("evt_paid_{payment}"),
        News::ChargedBack(payment) => format!("evt_charged_back_{payment}"),
        News::Reversed(payment) => format!("evt_reversed_{payment}"),
        News::NotPaid(attempt) => format!("evt_not_paid_{attempt}"),
        News::Refund(refund, tries) => format!("evt_refund_{refund}_{tries}"),
        News::Transfer(payout, tries) => format!("evt_transfer_{payout}_{tries}"),
    }
}

fn body_of(entry: &BookEntry, at: Timestamp) -> Vec<u8> {
    event_body(entry, at).expect("the city's provider tells of nothing that is pending")
}

/// What the provider itself says of it now.
fn record(scene: Scene<'_>, news: News) -> BookEntry {
    match news {
        News::Paid(no) | News::ChargedBack(no) | News::Reversed(no) => {
            let payment = scene.model.provider.payments[&no];
            entry(
                scene,
                match payment.charged_back {
                    None => News::Paid(no),
                    Some(_) if payment.reversed => News::Reversed(no),
                    Some(_) => News::ChargedBack(no),
                },
            )
        }
        News::NotPaid(_) | News::Refund(..) | News::Transfer(..) => entry(scene, news),
    }
}

/// What stood in the provider's book when it told of it.
fn entry(scene: Scene<'_>, news: News) -> BookEntry {
    match news {
        News::Paid(no) => {
            let payment = scene.model.provider.payments[&no];
            let name = format!("payment_{no}");
            BookEntry::Payment(payment_data(scene, payment.attempt, name, payment.amount, None))
        }
        News::ChargedBack(no) | News::Reversed(no) => {
            let BookEntry::Payment(mut payment) = entry(scene, News::Paid(no)) else {
                unreachable!("what was paid is a payment")
            };
            let reversal = Reversal { settlement: None };
            let taken = scene.model.provider.payments[&no].charged_back;
            payment.chargeback = taken.map(|amount| Chargeback {
                amount,
                settlement: None,
                reversal: matches!(news, News::Reversed(_)).then_some(reversal),
            });
            BookEntry::Payment(payment)
        }
        News::NotPaid(attempt) => {
            let due = scene.model.orders[&scene.model.attempts[&attempt].order]
                .whole
                .cash;
            let (name, why) = (format!("unpaid_{attempt}"), Some("declined".to_owned()));
            BookEntry::Payment(payment_data(scene, attempt, name, due as i64, why))
        }
        News::Refund(no, tries) => {
            let refund = &scene.model.refunds[&no];
            let succeeded = scene.model.provider.refund_said(no, tries) == Some(true);
            BookEntry::Refund(protocol::Refund {
                id: format!("refund_{no}_{tries}"),
                reference: reference::<kernel::Refund>(scene.id(Name::Refund(no)), tries),
                payment: "payment".to_owned(),
                status: if succeeded {
                    RefundStatus::Succeeded
                } else {
                    RefundStatus::Failed
                },
                amount: refund.paid.cash as i64,
                currency: currency_of_order(scene, refund.order),
                settlement: None,
                failure: (!succeeded).then(|| "the card is closed".to_owned()),
                created_at: BEGIN,
            })
        }
        News::Transfer(no, tries) => {
            let payout = &scene.model.payouts[&no];
            let succeeded = scene.model.provider.transfer_said(no, tries) == Some(true);
            BookEntry::Transfer(protocol::Transfer {
                id: format!("transfer_{no}_{tries}"),
                // Approved as version 2; each failure and each retry is one more.
                reference: reference::<kernel::Payout>(scene.id(Name::Payout(no)), 2 * tries),
                status: if succeeded {
                    TransferStatus::Paid
                } else {
                    TransferStatus::Failed
                },
                amount: payout.amount as i64,
                currency: scene.model.world.shops[payout.shop].currency,
                account: "account".to_owned(),
                failure: (!succeeded).then(|| "the account is closed".to_owned()),
                created_at: BEGIN,
            })
        }
    }
}

fn payment_data(
    scene: Scene<'_>,
    attempt: No,
    id: String,
    amount: i64,
    failure: Option<String>,
) -> protocol::Payment {
    let order = scene.model.attempts[&attempt].order;
    let card = scene.model.world.cards[scene.model.orders[&order].person];
    protocol::Payment {
        id,
        reference: scene
            .id::<kernel::PaymentAttempt>(Name::Attempt(attempt))
            .to_string(),
        status: match failure {
            None => PaymentStatus::Succeeded,
            Some(_) => PaymentStatus::Failed,
        },
        amount,
        currency: currency_of_order(scene, order),
        description: "Qiao".to_owned(),
        refunded: 0,
        chargeback: None,
        fee: 0,
        settlement: None,
        instrument_fingerprint: failure.is_none().then(|| format!("card_{card}")),
        failure,
        pay_url: "https://pay.example.com/".to_owned(),
        return_url: None,
        created_at: BEGIN,
    }
}

fn currency_of_order(scene: Scene<'_>, order: No) -> Currency {
    scene.model.world.currency_of(scene.model.orders[&order].good)
}

/// The name of a try, counted from 1.
fn reference<K: StaticType + Copy>(id: TypeSafeId<K>, tries: usize) -> String {
    let first = AttemptRef::first(id);
    let last = (1..tries).try_fold(first, |reference, _| reference.after_failure());
    last.unwrap_or(first).to_string()
}

/// A request to the webhook.
struct Delivery {
    id: String,
    signed_at: Timestamp,
    body: Vec<u8>,
    signature: String,
}

impl Delivery {
    fn signed(secret: WebhookSecret, signed_at: Timestamp, (id, body): (String, Vec<u8>)) -> Self {
        Self {
            signature: webhook::sign(&[secret], &id, signed_at, &body),
            id,
            signed_at,
            body,
        }
    }

    /// What the platform does about it, once it has asked the provider. The error: why nothing.
    fn believed(&self, scene: Scene<'_>, news: News, now: Timestamp) -> Result<(Key, NewsCommand), String> {
        let mut headers = webhook::signed_headers(&[], &self.id, self.signed_at, &self.body);
        headers.insert(
            webhook::SIGNATURE_HEADER,
            self.signature.parse().expect("plain text"),
        );
        let read = read_news(&[secret(true)], &headers, &self.body, now);
        let said = read.map_err(|reject| reject.to_string())?;
        let said = said.ok_or("an event of no known type")?;
        let record = Record::try_from(record(scene, news))?;
        said.confirmed(Some(&record)).map_err(|reject| reject.to_string())
    }
}

/// The request that a genuine delivery is, under the event's own key.
pub(super) fn delivered(scene: Scene<'_>, no: No, now: Timestamp, news: News, altered: bool) -> Request {
    // On its way for as long as may be.
    let signed_at = now.plus_us(-i64::from(no % 300) * SECOND_US);
    let delivery = Delivery::signed(secret(true), signed_at, event(scene, news, altered));
    match delivery.believed(scene, news, now) {
        Ok((key, command)) => taken_in(scene, news, command).keyed(key),
        Err(why) => {
            let problem = format!("what the provider signed is not believed: {why}");
            let lane = scene.directory.cast.admin.uuid();
            Request::new("read", PROVIDER, lane, move |_, _| {
                Err(StorageError::bug(problem.clone()).into())
            })
        }
    }
}

/// The request of a worker that asked after it.
pub(super) fn asked(scene: Scene<'_>, now: Timestamp, news: News) -> Request {
    Request {
        key: None,
        ..delivered(scene, 0, now, news, false)
    }
}

fn taken_in(scene: Scene<'_>, news: News, command: NewsCommand) -> Request {
    let merchant: MerchantId = match news {
        News::Transfer(payout, _) => scene.directory.cast.shops[scene.model.payouts[&payout].shop].merchant,
        News::Paid(_) | News::ChargedBack(_) | News::Reversed(_) | News::NotPaid(_) | News::Refund(..) => {
            scene.directory.cast.shops[0].merchant
        }
    };
    match command {
        NewsCommand::ConfirmPayment(cmd) => {
            let locks = cmd.locks();
            Request::new("confirmPayment", PROVIDER, cmd.attempt.uuid(), move |tx, ctx| {
                let confirmed = convert::confirm_payment(tx, ctx, &cmd)?;
                let (said, made) = match confirmed.outcome {
                    PaymentOutcome::Paid => ("Paid", look::vouchers_together(tx, confirmed.order)?),
                    PaymentOutcome::Refunded => ("Refunded", vec![look::refund_of_attempt(tx, cmd.attempt)?]),
                    PaymentOutcome::Conflicting => ("Conflicting", Vec::new()),
                };
                Ok(Reply::made(said, made))
            })
            .locking(locks)
        }
        NewsCommand::FailPayment(cmd) => {
            let locks = cmd.locks();
            Request::new("failPayment", PROVIDER, cmd.attempt.uuid(), move |tx, ctx| {
                convert::fail_payment(tx, ctx, &cmd)?;
                Ok(Reply::text(""))
            })
            .locking(locks)
        }
        NewsCommand::ChargeBack(cmd) => {
            let (locks, attempt) = (cmd.locks(), cmd.payment.attempt);
            Request::new("chargeBack", PROVIDER, attempt.uuid(), move |tx, ctx| {
                consume::charge_back(tx, ctx, &cmd)?;
                let found = convert::queries::attempt(tx, attempt)?;
                let found = found.ok_or_else(|| StorageError::bug("a charged back payment is gone"))?;
                let mut made = match found.status {
                    AttemptStatus::Refunded => vec![look::refund_of_attempt(tx, attempt)?],
                    AttemptStatus::Open | AttemptStatus::Failed | AttemptStatus::Paid => {
                        look::vouchers_together(tx, found.order)?
                    }
                };
                made.extend(look::refunds_by_bank(tx, attempt, RefundCause::ChargedBack)?);
                Ok(Reply::made("", made))
            })
            .locking(locks)
        }
        NewsCommand::ReverseChargeback(cmd) => {
            let (locks, attempt) = (cmd.locks(), cmd.payment.attempt);
            Request::new("reverseChargeback", PROVIDER, attempt.uuid(), move |tx, ctx| {
                consume::reverse_chargeback(tx, ctx, &cmd)?;
                let made = look::refunds_by_bank(tx, attempt, RefundCause::ChargebackReversed)?;
                Ok(Reply::made("", made))
            })
            .locking(locks)
        }
        NewsCommand::ConfirmRefund(cmd) => {
            let locks = cmd.locks();
            Request::new("confirmRefund", PROVIDER, cmd.refund.uuid(), move |tx, ctx| {
                convert::confirm_refund(tx, ctx, &cmd)?;
                Ok(Reply::text(""))
            })
            .locking(locks)
        }
        NewsCommand::FailRefund(cmd) => {
            let locks = cmd.locks();
            Request::new("failRefund", PROVIDER, cmd.refund.uuid(), move |tx, ctx| {
                convert::fail_refund(tx, ctx, &cmd)?;
                let attempt = look::attempt_of_refund(tx, cmd.refund)?;
                let made = look::refunds_by_bank(tx, attempt, RefundCause::ChargebackReversed)?;
                Ok(Reply::made("", made))
            })
            .locking(locks)
        }
        NewsCommand::ConfirmPayout(cmd) => {
            let locks = cmd.locks();
            Request::new("confirmPayout", PROVIDER, merchant.uuid(), move |tx, ctx| {
                Ok(Reply::text(ledger::confirm_payout(tx, ctx, &cmd)?.to_string()))
            })
            .locking(locks)
        }
        NewsCommand::FailPayout(cmd) => {
            let locks = cmd.locks();
            Request::new("failPayout", PROVIDER, merchant.uuid(), move |tx, ctx| {
                Ok(Reply::text(ledger::fail_payout(tx, ctx, &cmd)?.to_string()))
            })
            .locking(locks)
        }
    }
}

/// Shows the platform something forged. The error: it was believed.
pub(crate) fn forge(scene: Scene<'_>, now: Timestamp, forgery: Forgery) -> Result<(), String> {
    let signed = |news| Delivery::signed(secret(true), now, event(scene, news, true));
    let (news, delivery) = match forgery {
        Forgery::Secret(news) => (
            news,
            Delivery::signed(secret(false), now, event(scene, news, false)),
        ),
        Forgery::Leaked(news, lie) => {
            let mut told = entry(scene, news);
            let taken = match news {
                News::Paid(no) | News::ChargedBack(no) | News::Reversed(no) => {
                    scene.model.provider.payments[&no].charged_back
                }
                News::NotPaid(_) | News::Refund(..) | News::Transfer(..) => None,
            };
            falsify(&mut told, taken, lie);
            let told = (event_name(news), body_of(&told, now));
            (news, Delivery::signed(secret(true), now, told))
        }
        Forgery::Renamed(news) => {
            let mut renamed = signed(news);
            renamed.id.push('x');
            (news, renamed)
        }
        Forgery::Changed(news, byte) => {
            let mut changed = signed(news);
            let byte = byte % changed.body.len();
            changed.body[byte] ^= 1;
            (news, changed)
        }
        Forgery::Replayed(news, age_us) => {
            let signed_at = now.plus_us(-age_us);
            (
                news,
                Delivery::signed(secret(true), signed_at, event(scene, news, true)),
            )
        }
        Forgery::Screenshot(voucher, age_us) => {
            return refused(scanning::is_believed(
                scene,
                voucher,
                now.plus_us(-age_us),
                now,
                false,
            ));
        }
        Forgery::OtherPhone(voucher) => {
            return refused(scanning::is_believed(scene, voucher, now, now, true));
        }
    };
    refused(delivery.believed(scene, news, now).is_ok())
}

fn refused(believed: bool) -> Result<(), String> {
    match believed {
        true => Err("what was forged is believed".to_owned()),
        false => Ok(()),
    }
}

/// Changes what is told of an entry of the provider's book: its amount, its currency, its name, how it went, or whether
/// it was taken back.
fn falsify(entry: &mut BookEntry, taken: Option<i64>, lie: usize) {
    let (id, amount, currency) = match entry {
        BookEntry::Payment(payment) => (&mut payment.id, &mut payment.amount, &mut payment.currency),
        BookEntry::Refund(refund) => (&mut refund.id, &mut refund.amount, &mut refund.currency),
        BookEntry::Transfer(transfer) => (&mut transfer.id, &mut transfer.amount, &mut transfer.currency),
    };
    match lie % 5 {
        0 => *amount += 1,
        1 if *currency == Currency::JPY => *currency = Currency::CNY,
        1 => *currency = Currency::JPY,
        2 => id.push('x'),
        3 => turn_round(entry),
        _ => take_back(entry, taken),
    }
}

/// Says that the bank took another amount of a payment than it did, or that what failed did not.
fn take_back(entry: &mut BookEntry, taken: Option<i64>) {
    match entry {
        BookEntry::Payment(payment) if payment.status == PaymentStatus::Succeeded && payment.amount > 1 => {
            payment.chargeback = Some(Chargeback {
                amount: if taken == Some(1) { payment.amount } else { 1 },
                settlement: None,
                reversal: None,
            });
        }
        BookEntry::Payment(_) | BookEntry::Refund(_) | BookEntry::Transfer(_) => turn_round(entry),
    }
}

fn turn_round(entry: &mut BookEntry) {
    match entry {
        BookEntry::Payment(payment) => {
            payment.status = match payment.status {
                PaymentStatus::Succeeded => PaymentStatus::Failed,
                PaymentStatus::Failed | PaymentStatus::Pending => PaymentStatus::Succeeded,
            };
            payment.instrument_fingerprint = Some("card".to_owned());
        }
        BookEntry::Refund(refund) => {
            refund.status = match refund.status {
                RefundStatus::Succeeded => RefundStatus::Failed,
                RefundStatus::Failed | RefundStatus::Pending => RefundStatus::Succeeded,
            };
        }
        BookEntry::Transfer(transfer) => {
            transfer.status = match transfer.status {
                TransferStatus::Paid => TransferStatus::Failed,
                TransferStatus::Failed | TransferStatus::Pending => TransferStatus::Paid,
            };
        }
    }
}
