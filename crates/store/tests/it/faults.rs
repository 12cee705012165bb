//! What fails around a commit: nothing answered is lost, nothing is done twice.

use store::{Answer, FaultPoint};

use crate::{bucket_id, ctx, insert_bucket, job, on_both, take_one, taken};

#[test]
fn a_commit_that_fails_or_whose_answer_is_lost_has_one_effect() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 100));
        assert_eq!(made, Ok(Ok(())));
        for (n, point) in [FaultPoint::BeforeCommit, FaultPoint::AfterCommit]
            .into_iter()
            .enumerate()
        {
            store.faults().plan(point);
            let answer =
                store.submit_blocking(job(10 + n as u64, move |tx, _| Ok(take_one(tx, id)?.to_string())));
            assert_eq!(answer, Ok(Answer::Done("true".into())), "{point:?}");
            assert_eq!(taken(store, id), n as i64 + 1, "{point:?}");
        }
    });
}
