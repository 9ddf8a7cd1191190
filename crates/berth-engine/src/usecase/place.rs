//! Where a request is about to do something.

use berth_domain::access::Place;
use berth_store::organisations;

use crate::Engine;
use crate::error::EngineError;

impl Engine {
    /// Finds the organisation that a request names, so that it can be decided whether whoever asks may
    /// do anything there. `None`: it names none.
    pub async fn place(&self, org: Option<&str>) -> Result<Place, EngineError> {
        let Some(org) = org else { return Ok(Place::Installation) };
        let mut tx = self.0.store.read().await?;
        let found = organisations::find(&mut tx, org).await?;
        Ok(found.map_or(Place::Nowhere, |organisation| Place::Organisation(organisation.id)))
    }
}
