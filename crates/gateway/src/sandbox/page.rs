//! The page behind `pay_url`, where a person decides in the place of a wallet app. Plain HTML without a
//! script; what the merchant wrote is escaped.

use kernel::Money;

use crate::protocol::{Chargeback, Payment, PaymentStatus};

/// The page of payments as they are now, of one or of several that are paid at once. Who `decided` just now goes back
/// to the shop.
pub(super) fn of(payments: &[&Payment], decided: bool) -> String {
    let waits = |payment: &&&Payment| payment.status == PaymentStatus::Pending;
    let waiting = payments.iter().filter(waits).count();
    let asked = |payment: &&&Payment| waiting == 0 || waits(payment);
    let sum = payments.iter().filter(asked).map(|payment| payment.amount).sum();
    let total = payments
        .first()
        .map(|first| Money::new(sum, first.currency).to_string());
    let parts = match payments {
        [payment] => format!("<p>{}</p>{}", escaped(&payment.description), state_of(payment)),
        several => several.iter().map(|payment| part(payment)).collect(),
    };
    let decide = if waiting > 0 { DECIDE } else { "" };
    let return_url = payments.iter().find_map(|payment| payment.return_url.as_ref());
    let (head, back) = match return_url {
        Some(url) => ways_back(&escaped(url), decided),
        None => Default::default(),
    };
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Sandbox payment</title>{head}\
         <h1>{}</h1>{parts}{decide}{back}\
         <p><small>A sandbox: no real money moves. · 沙盒：不涉及真实资金。</small></p></html>",
        total.unwrap_or_default()
    )
}

const DECIDE: &str = "<form method=\"post\"><p><label>Instrument · 支付工具 \
    <input name=\"instrument\" value=\"card-4242\" maxlength=\"64\" required></label></p>\
    <p><button name=\"outcome\" value=\"succeed\">Pay · 支付</button> \
    <button name=\"outcome\" value=\"decline\">Decline · 拒绝</button></p></form>";

/// One of several: what it is, with the way to its own page.
fn part(payment: &Payment) -> String {
    let money = Money::new(payment.amount, payment.currency);
    let state = match payment.status {
        PaymentStatus::Pending => "",
        PaymentStatus::Succeeded => " · Paid · 已支付",
        PaymentStatus::Failed => " · Declined · 已拒绝",
    };
    let description = escaped(&payment.description);
    format!(
        "<p><a href=\"{}\">{description}</a> · {money}{state}</p>",
        payment.id
    )
}

/// How far it is, and what the payer's bank may do about it next.
fn state_of(payment: &Payment) -> String {
    match payment.status {
        PaymentStatus::Pending => String::new(),
        PaymentStatus::Succeeded => match &payment.chargeback {
            None => by_the_bank("Paid. · 已支付。", &payment.id, CHARGE_BACK),
            Some(Chargeback { reversal: None, .. }) => {
                by_the_bank("Charged back. · 已拒付。", &payment.id, REVERSE)
            }
            Some(Chargeback {
                reversal: Some(_), ..
            }) => "<p>Charged back, and given back. · 已拒付，后已退回。</p>".to_owned(),
        },
        PaymentStatus::Failed => "<p>Declined. · 已拒绝。</p>".to_owned(),
    }
}

/// What the payer's bank may do next: a path below the payment's, and what the button says.
const CHARGE_BACK: (&str, &str) = (
    "charge_back",
    "Charge back, as the payer’s bank · 以付款银行的身份拒付",
);
const REVERSE: (&str, &str) = (
    "reverse_chargeback",
    "Give it back: the dispute is won · 退回：商家胜诉",
);

fn by_the_bank(state: &str, payment: &str, (path, button): (&str, &str)) -> String {
    format!(
        "<p>{state}</p><form method=\"post\" action=\"{payment}/{path}\"><p><button>{button}</button></p></form>"
    )
}

/// A link back, and a redirect once it is decided.
fn ways_back(url: &str, decided: bool) -> (String, String) {
    let redirect = match decided {
        true => format!("<meta http-equiv=\"refresh\" content=\"1; url={url}\">"),
        false => String::new(),
    };
    (
        redirect,
        format!("<p><a href=\"{url}\">Back to the shop · 返回商家</a></p>"),
    )
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
