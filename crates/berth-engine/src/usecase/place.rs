//! Where a request is about to do something, and whether it may.

use berth_domain::Actor;
use berth_domain::access::{Place, Right, sees};
use berth_store::organisations;

use super::shown;
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

    /// Refuses what whoever asks has no right to, and writes down that they asked for it: which route of
    /// the API, by its name in the description, and its path.
    ///
    /// Whoever may do nothing at all in the organisation that they name is told that there is none.
    pub async fn admit(
        &self,
        actor: &Actor,
        (right, place): (Right, Place),
        org: Option<&str>,
        route: (&str, &str),
    ) -> Result<(), EngineError> {
        let decided = self.demand(right, place);
        if decided.is_err()
            && let Err(error) = self.deny(actor, (place, right.as_str()), route).await
        {
            tracing::error!(%actor, route = route.0, %error, "cannot write down who was refused");
        }
        match org {
            Some(org) if decided.is_err() && !sees(&self.1.grants).has(place) => {
                Err(EngineError::NoSuchOrganisation(shown(org)))
            }
            _ => decided,
        }
    }

    /// Refuses what whoever asks has no right to.
    pub(super) fn demand(&self, right: Right, place: Place) -> Result<(), EngineError> {
        if self.1.may(right, place) { Ok(()) } else { Err(EngineError::NoRight(right)) }
    }
}
