//! Reports about payments that contradict what settled them: shown, and closed once somebody has looked into
//! them with the provider.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convert::ClosePaymentConflict;
use convert::queries::{self, PaymentConflict};
use kernel::{LocalText, MerchantId, OrderId, PaymentConflictId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{AnyOperator, Finance, Operator};
use crate::app::App;
use crate::body::{Because, Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_payment_conflicts))
        .routes(routes!(close_payment_conflict))
}

/// A payment as a provider reported it.
#[derive(Serialize, ToSchema)]
struct ReportedPayment {
    /// The provider's name for it.
    provider_payment: Option<String>,
    amount: WireMoney,
}

/// Who looked into a conflict, and what was found.
#[derive(Serialize, ToSchema)]
struct ConflictClosed {
    name: Option<String>,
    /// RFC 3339.
    at: String,
    reason: String,
}

/// A report about a payment that contradicts what settled it. Nothing is booked for it.
#[derive(Serialize, ToSchema)]
struct PaymentConflictListed {
    #[schema(value_type = String)]
    id: PaymentConflictId,
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// Who reported.
    provider: String,
    /// What was reported.
    reported: ReportedPayment,
    /// What had settled the payment.
    settled: ReportedPayment,
    /// RFC 3339.
    recorded_at: String,
    /// Absent while nobody has looked into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ConflictClosed>,
}

impl PaymentConflictListed {
    fn of(conflict: PaymentConflict, names: &Names) -> Self {
        let closed = conflict.closed.map(|(person, at, reason)| ConflictClosed {
            name: names.person(Some(person)),
            at: at.to_string(),
            reason,
        });
        Self {
            id: conflict.id,
            order: conflict.order,
            merchant: conflict.merchant,
            merchant_name: names.merchant(conflict.merchant),
            provider: conflict.provider,
            reported: ReportedPayment {
                provider_payment: Some(conflict.provider_payment),
                amount: conflict.received.into(),
            },
            settled: ReportedPayment {
                provider_payment: conflict.settled_payment,
                amount: conflict.settled.into(),
            },
            recorded_at: conflict.recorded_at.to_string(),
            closed,
        }
    }
}

/// Reports about payments that contradict what settled them, newest first.
#[utoipa::path(get, path = "/v1/platform/payment-conflicts", operation_id = "listPaymentConflicts", tag = "convert",
    params(After<kernel::PaymentConflict>), security(("session" = ["operator"])),
    responses((status = 200, body = Page<PaymentConflictListed>), (status = "4XX", body = Problem)))]
async fn list_payment_conflicts(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<After<kernel::PaymentConflict>>,
) -> Result<Json<Page<PaymentConflictListed>>, Problem> {
    let found = app.read(move |read| {
        let found = queries::payment_conflicts(read, asked.after, PAGE_SIZE + 1)?;
        let merchants = found.iter().map(|conflict| conflict.merchant);
        let closers = found
            .iter()
            .filter_map(|conflict| Some(conflict.closed.as_ref()?.0));
        let names = Names::of(read, merchants, closers)?;
        Ok((found, names))
    });
    let (found, names) = found.await?;
    Ok(Json(Page::of(
        found,
        |conflict| conflict.id.to_string(),
        |conflict| PaymentConflictListed::of(conflict, &names),
    )))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfPaymentConflict {
    /// Which.
    #[param(value_type = String)]
    payment_conflict: PaymentConflictId,
}

/// Notes what was found out about a conflict, once; for administrators and finance.
#[utoipa::path(post, path = "/v1/platform/payment-conflicts/{payment_conflict}/close",
    operation_id = "closePaymentConflict", tag = "convert", params(OfPaymentConflict),
    security(("session" = ["operator:finance"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn close_payment_conflict(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<OfPaymentConflict>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = ClosePaymentConflict {
        conflict: of.payment_conflict,
    };
    app.command("closePaymentConflict", cmd.conflict, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| convert::close_payment_conflict(tx, ctx, &cmd))
        .await
}
