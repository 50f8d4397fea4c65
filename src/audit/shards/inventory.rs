//! The objects that digests of a shard may list, which are mostly in other shards.

use super::ShardScanner;
use crate::cloudtrail::Deliveries;
use crate::scan::{Inventory, is_digest};
use crate::shards::{KnownKeys, PlannedObject, Shard, ShardError, ShardPlan};
use crate::source::Object;

impl ShardScanner {
    /// Returns the inventory for the digests among the objects of a shard: the names of what was
    /// delivered for the same accounts and regions around the same days.
    pub(super) fn inventory(
        &self,
        shard: &Shard,
        objects: &[Object],
    ) -> Result<Inventory, ShardError> {
        if shard.digests == 0 {
            return Ok(Inventory::default());
        }
        let window = digest_days(objects).with_neighbouring_days();
        let known = self.plan().known()?;
        // Of every place it is known on which days something was delivered. Names are only loaded
        // around the digests.
        let all = all_deliveries(self.plan(), &known);
        let mut inventory = Inventory::of_some(all, window.clone());
        self.add_shards(&window, &mut inventory)?;
        self.add_known(&known, &window, &mut inventory)?;
        Ok(inventory)
    }

    /// Adds the names in the shards that have some of these days.
    fn add_shards(&self, days: &Deliveries, inventory: &mut Inventory) -> Result<(), ShardError> {
        let shards = self.plan().shards.iter();
        for shard in shards.filter(|shard| shard.deliveries.overlaps(days)) {
            add_keys(inventory, self.plan().objects(shard)?);
        }
        Ok(())
    }

    /// Adds the names of some of these days among those that the plan leaves out.
    fn add_known(
        &self,
        known: &[KnownKeys],
        days: &Deliveries,
        inventory: &mut Inventory,
    ) -> Result<(), ShardError> {
        let known = known.iter().filter(|keys| keys.deliveries.overlaps(days));
        for file in known.filter_map(|keys| keys.file.as_ref()) {
            add_keys(inventory, self.plan().read_objects(file)?);
        }
        Ok(())
    }
}

/// Returns the deliveries that a plan divides into shards, and those that it leaves out.
fn all_deliveries(plan: &ShardPlan, known: &[KnownKeys]) -> Deliveries {
    let shards = plan.shards.iter().map(|shard| &shard.deliveries);
    let known = known.iter().map(|keys| &keys.deliveries);
    let mut all = Deliveries::default();
    shards
        .chain(known)
        .for_each(|deliveries| all.merge(deliveries));
    all
}

fn digest_days(objects: &[Object]) -> Deliveries {
    let keys = objects.iter().map(|object| &*object.key);
    keys.filter(|key| is_digest(key)).collect()
}

fn add_keys(inventory: &mut Inventory, objects: Vec<PlannedObject>) {
    for object in objects {
        inventory.add(&object.key);
    }
}
