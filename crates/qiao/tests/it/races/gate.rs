//! What a race is about, held back from all servers until two commands wait for it: whoever looks before taking
//! has looked by then, and a race that is lost once in a thousand times is lost every time.

use store::testing::TestDatabase;
use tokio_postgres::{Client as Connection, NoTls};

use crate::support::eventually;

/// A transaction that has locked every row of a table.
pub struct Gate(Connection);

impl Gate {
    pub async fn close(database: &TestDatabase, table: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(&database.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let hold = format!("BEGIN; SELECT 1 FROM {table} FOR UPDATE");
        client.batch_execute(&hold).await.unwrap();
        Self(client)
    }

    pub async fn open_when_two_wait(self) {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("that two commands wait", async || {
            // A transaction that asked once sees the same answer until then.
            self.0
                .batch_execute("SELECT pg_stat_clear_snapshot()")
                .await
                .unwrap();
            let row = self.0.query_one(waiting, &[]).await.unwrap();
            (row.get::<_, i64>(0) >= 2).then_some(())
        })
        .await;
        self.0.batch_execute("COMMIT").await.unwrap();
    }
}
