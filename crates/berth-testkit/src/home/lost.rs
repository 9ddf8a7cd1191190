//! Losing rows, as an older copy of the control database would.

use super::Home;
use crate::sqlite;

impl Home {
    /// Takes tenants' rows away, by their ids, while nobody drives. What they have stays.
    ///
    /// # Panics
    ///
    /// When the control database refuses.
    pub async fn lose_rows(&self, ids: &[&str]) {
        self.stop().await;
        let database = self.path().join("berth.db");
        for id in ids {
            // Secrets are of whoever is named, tenant or not, so nothing refers to one.
            sqlite::execute(&database, &format!("DELETE FROM secret WHERE owner = '{id}';")).await;
            sqlite::delete(&database, "tenant", id).await;
        }
        self.serve().await;
    }
}
