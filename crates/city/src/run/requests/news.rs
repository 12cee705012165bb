//! What the provider tells: bodies that it signed, read by the platform's own parser; and what others make up.

use convert::PaymentOutcome;
use gateway::protocol::{self, PaymentStatus, RefundStatus, TransferStatus};
use gateway::provider::AttemptRef;
use gateway::webhook::{self, WebhookSecret};
use http::{NewsCommand, PROVIDER, read_news};
use kernel::{Currency, MerchantId, SECOND_US, StaticType, Timestamp, TypeSafeId};
use serde::Serialize;
use store::StorageError;

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

#[derive(Serialize)]
struct Body<T> {
    #[serde(rename = "type")]
    event_type: &'static str,
    timestamp: String,
    data: T,
}

/// An event as the provider sends it: its name and its body. `altered` is another one of the same name.
fn event(scene: Scene<'_>, news: News, altered: bool) -> (String, Vec<u8>) {
    let id = match news {
        News::Paid(payment) => format!("evt_paid_{payment}"),
        News::NotPaid(attempt) => format!("evt_not_paid_{attempt}"),
        News::Refund(refund, tries) => format!("evt_refund_{refund}_{tries}"),
        News::Transfer(payout, tries) => format!("evt_transfer_{payout}_{tries}"),
    };
    let at = BEGIN.plus_us(if altered { SECOND_US } else { 0 });
    let body = match news {
        News::Paid(no) => {
            let payment = scene.model.provider.payments[&no];
            let name = format!("payment_{no}");
            let data = payment_data(scene, payment.attempt, name, payment.amount, None);
            json("payment.succeeded", at, data)
        }
        News::NotPaid(attempt) => {
            let due = scene.model.orders[&scene.model.attempts[&attempt].order]
                .whole
                .cash;
            let (name, why) = (format!("unpaid_{attempt}"), Some("declined".to_owned()));
            json(
                "payment.failed",
                at,
                payment_data(scene, attempt, name, due as i64, why),
            )
        }
        News::Refund(no, tries) => {
            let refund = &scene.model.refunds[&no];
            let succeeded = scene.model.provider.refund_said(no, tries) == Some(true);
            let data = protocol::Refund {
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
            };
            json(
                if succeeded {
                    "refund.succeeded"
                } else {
                    "refund.failed"
                },
                at,
                data,
            )
        }
        News::Transfer(no, tries) => {
            let payout = &scene.model.payouts[&no];
            let succeeded = scene.model.provider.transfer_said(no, tries) == Some(true);
            let data = protocol::Transfer {
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
            };
            json(
                if succeeded {
                    "transfer.paid"
                } else {
                    "transfer.failed"
                },
                at,
                data,
            )
        }
    };
    (id, body)
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

fn json<T: Serialize>(event_type: &'static str, timestamp: Timestamp, data: T) -> Vec<u8> {
    let body = Body {
        event_type,
        timestamp: timestamp.to_string(),
        data,
    };
    serde_json::to_vec(&body).expect("plain data")
}

/// The request that a genuine delivery is, under the event's own key.
pub(super) fn delivered(scene: Scene<'_>, no: No, now: Timestamp, news: News, altered: bool) -> Request {
    let (id, body) = event(scene, news, altered);
    // On its way for as long as may be.
    let signed_at = now.plus_us(-i64::from(no % 300) * SECOND_US);
    let headers = webhook::signed_headers(&[secret(true)], &id, signed_at, &body);
    let read = read_news(&[secret(true)], &headers, &body, now).map_err(|reject| reject.to_string());
    match read {
        Ok(Some(read)) => taken_in(scene, news, read.command).keyed(read.key),
        unread => {
            let problem = format!("what the provider signed is not believed: {unread:?}");
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
        News::Paid(_) | News::NotPaid(_) | News::Refund(..) => scene.directory.cast.shops[0].merchant,
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
        NewsCommand::ChargeBack(_) => unreachable!("the city's provider takes nothing back"),
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
                Ok(Reply::text(""))
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
    let believed = match forgery {
        Forgery::Secret(news) => is_believed(scene, now, (news, false, now), |_, _| {}),
        Forgery::Renamed(news) => is_believed(scene, now, (news, true, now), |id, _| id.push('x')),
        Forgery::Changed(news, byte) => is_believed(scene, now, (news, true, now), |_, body| {
            let byte = byte % body.len();
            body[byte] ^= 1;
        }),
        Forgery::Replayed(news, age_us) => {
            is_believed(scene, now, (news, true, now.plus_us(-age_us)), |_, _| {})
        }
        Forgery::Screenshot(voucher, age_us) => {
            scanning::is_believed(scene, voucher, now.plus_us(-age_us), now, false)
        }
        Forgery::OtherPhone(voucher) => scanning::is_believed(scene, voucher, now, now, true),
    };
    if believed {
        return Err("what was forged is believed".to_owned());
    }
    Ok(())
}

/// Whether a delivery is taken that was signed by the provider or somebody else, and then changed.
fn is_believed(
    scene: Scene<'_>,
    now: Timestamp,
    (news, by_provider, signed_at): (News, bool, Timestamp),
    change: impl FnOnce(&mut String, &mut Vec<u8>),
) -> bool {
    let (mut id, mut body) = event(scene, news, false);
    let signature = webhook::sign(&[secret(by_provider)], &id, signed_at, &body);
    change(&mut id, &mut body);
    let mut headers = webhook::signed_headers(&[], &id, signed_at, &body);
    headers.insert(webhook::SIGNATURE_HEADER, signature.parse().expect("plain text"));
    read_news(&[secret(true)], &headers, &body, now).is_ok()
}
