//! The objects that digests of a shard may list, which are mostly in other shards.

use super::ShardScanner;
use crate::cloudtrail::Deliveries;
use crate::scan::{Inventory, is_digest};
use crate::shards::{PlannedObject, Shard, ShardError};
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
        let plan = self.plan();
        let known = plan.known()?;
        let mut all = Deliveries::default();
        let shards = plan.shards.iter().map(|shard| &shard.deliveries);
        let deliveries = shards.chain(known.iter().map(|known| &known.deliveries));
        deliveries.for_each(|deliveries| all.merge(deliveries));
        // Of every place it is known on which days something was delivered. Names are only loaded
        // around the digests.
        let mut inventory = Inventory::of_some(all, window.clone());
        for other in plan
            .shards
            .iter()
            .filter(|other| other.deliveries.overlaps(&window))
        {
            add_keys(&mut inventory, plan.objects(other)?);
        }
        for keys in known
            .iter()
            .filter(|keys| keys.deliveries.overlaps(&window))
        {
            if let Some(file) = &keys.file {
                add_keys(&mut inventory, plan.read_objects(file)?);
            }
        }
        Ok(inventory)
    }
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
