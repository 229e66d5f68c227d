-- Every cost centre that the ledger has used or budgeted, with its department; one that no interval covers is `unmapped`.
with

transactions as (

    select * from {{ ref('stg_ledger__transaction') }}

),

budget as (

    select * from {{ ref('stg_ledger__budget') }}

),

intervals as (

    select * from {{ ref('stg_config__cost_centre') }}

),

cost_centres as (

    select municipality_id, cost_centre from transactions
    union
    select municipality_id, cost_centre from budget

),

final as (

    select
        ---------- ids
        cost_centres.municipality_id,
        cost_centres.cost_centre,
        coalesce(intervals.org_unit, 'unmapped') as org_unit

    from cost_centres
    left join intervals
        on cost_centres.municipality_id = intervals.municipality_id
        and length(cost_centres.cost_centre) = length(intervals.first_cost_centre)
        and cost_centres.cost_centre >= intervals.first_cost_centre
        and cost_centres.cost_centre <= intervals.last_cost_centre

)

select * from final
