//! The page behind `pay_url`, where a person decides in the place of a wallet app. Plain HTML without a
//! script; what the merchant wrote is escaped.

use kernel::Money;

use crate::protocol::{Payment, PaymentStatus};

/// The page of a payment as it is now. Who `decided` it just now goes back to the shop.
pub(super) fn of(payment: &Payment, decided: bool) -> String {
    let money = Money::new(payment.amount, payment.currency);
    let description = escaped(&payment.description);
    let charge_back = format!(
        "<p>Paid. · 已支付。</p><form method=\"post\" action=\"{}/charge_back\">\
         <p><button>Charge back, as the payer’s bank · 以付款银行的身份拒付</button></p></form>",
        payment.id
    );
    let rest = match payment.status {
        PaymentStatus::Pending => {
            "<form method=\"post\"><p><label>Instrument · 支付工具 \
             <input name=\"instrument\" value=\"card-4242\" maxlength=\"64\" required></label></p>\
             <p><button name=\"outcome\" value=\"succeed\">Pay · 支付</button> \
             <button name=\"outcome\" value=\"decline\">Decline · 拒绝</button></p></form>"
        }
        PaymentStatus::Succeeded if payment.chargeback.is_some() => "<p>Charged back. · 已拒付。</p>",
        PaymentStatus::Succeeded => &charge_back,
        PaymentStatus::Failed => "<p>Declined. · 已拒绝。</p>",
    };
    let (head, back) = match &payment.return_url {
        Some(url) => ways_back(&escaped(url), decided),
        None => Default::default(),
    };
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Sandbox payment</title>{head}\
         <h1>{money}</h1><p>{description}</p>{rest}{back}\
         <p><small>A sandbox: no real money moves. · 沙盒：不涉及真实资金。</small></p></html>"
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
