//! Look-ups of payments that are sent together: what comes while one is under way waits for it, as commands wait for
//! the batch before theirs. One that comes alone is sent at once.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::PaymentAttemptId;
use tokio::sync::oneshot;

use super::{Outcome, ProviderPayment, SandboxClient, UnknownCause};
use crate::protocol::MOST_REFERENCES;

type Answer = Outcome<Option<ProviderPayment>>;

#[derive(Default)]
pub(super) struct Together(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    asking: bool,
    callers: Vec<Caller>,
}

struct Caller {
    reference: PaymentAttemptId,
    tell: oneshot::Sender<Answer>,
}

impl Together {
    pub(super) async fn find(
        self: &Arc<Self>,
        client: &SandboxClient,
        reference: PaymentAttemptId,
    ) -> Answer {
        let (tell, told) = oneshot::channel();
        if self.wait(Caller { reference, tell }) {
            // A task of its own: a caller who hangs up leaves those who wait with it an answer.
            let (together, client) = (Arc::clone(self), client.clone());
            tokio::spawn(async move { together.ask(&client).await });
        }
        let gone = |_| Outcome::Unknown(UnknownCause::Connection("the look-up was given up".to_owned()));
        told.await.unwrap_or_else(gone)
    }

    /// Whether nobody is asking, so that this caller has to see to it.
    fn wait(&self, caller: Caller) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.callers.push(caller);
        !std::mem::replace(&mut waiting.asking, true)
    }

    /// Those who wait now. Nobody: the next one to come asks again.
    fn next(&self) -> Vec<Caller> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.callers.len().min(MOST_REFERENCES);
        waiting.asking = count > 0;
        waiting.callers.drain(..count).collect()
    }

    async fn ask(&self, client: &SandboxClient) {
        loop {
            let callers = self.next();
            if callers.is_empty() {
                return;
            }
            let references = callers.iter().map(|caller| caller.reference).collect();
            let found = client.find_payments(&references).await;
            for Caller { reference, tell } in callers {
                let answer = match &found {
                    Outcome::Done(payments) => Outcome::Done(payments.get(&reference).cloned()),
                    Outcome::Refused(refusal) => Outcome::Refused(refusal.clone()),
                    Outcome::Unknown(cause) => Outcome::Unknown(cause.clone()),
                };
                // Whoever hung up needs no answer.
                let _ = tell.send(answer);
            }
        }
    }
}
