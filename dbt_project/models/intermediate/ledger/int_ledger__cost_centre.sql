-- Every cost centre that the ledger has used or budgeted, with its department; one that no interval covers is `unmapped`. Only units whose
-- result is followed have intervals of their own, within the department's.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
budget as (select * from {{ ref('stg_ledger__budget') }}),
intervals as (select * from {{ ref('stg_config__cost_centre') }}),

cost_centres as (
    select municipality_id, cost_centre from transactions
    union
    select municipality_id, cost_centre from budget
)

select
    ---------- ids
    cost_centres.municipality_id, cost_centres.cost_centre,
    coalesce(departments.org_unit, 'unmapped') as org_unit,
    units.unit

from cost_centres
left join intervals as departments
    on cost_centres.municipality_id = departments.municipality_id
    and departments.unit is null
    and length(cost_centres.cost_centre) = length(departments.first_cost_centre)
    and cost_centres.cost_centre >= departments.first_cost_centre
    and cost_centres.cost_centre <= departments.last_cost_centre
left join intervals as units
    on cost_centres.municipality_id = units.municipality_id
    and units.unit is not null
    and length(cost_centres.cost_centre) = length(units.first_cost_centre)
    and cost_centres.cost_centre >= units.first_cost_centre
    and cost_centres.cost_centre <= units.last_cost_centre
