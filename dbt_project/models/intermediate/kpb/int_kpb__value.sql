-- Users and cost per user (DEFINITIONS 4.5, 4.6), and what the difference to the study's mean comes from. The interaction of more users and
-- dearer users lies in the unit-cost part: volume at the mean's cost, unit cost at the own number of users.
with
services as (select * from {{ ref('stg_kpb__service') }}),

priced as (
    select
        municipality_id, year, service, users,
        cast(mean_users as double) as mean_users,
        cast(cost as double) as cost,
        cast(cost as double) / nullif(users, 0) as cost_per_user,
        cast(mean_cost_per_user as double) as mean_cost_per_user
    from services
),

measures as (
    select
        municipality_id, year, 'kpb_users' as indicator_id, 'service=' || service as breakdown,
        cast(users as double) as value, cast(null as double) as numerator, cast(null as double) as denominator, users as n
    from priced

    union all

    select
        municipality_id, year, 'kpb_cost_per_user' as indicator_id, 'service=' || service as breakdown,
        cost_per_user as value, cost as numerator, cast(users as double) as denominator, users as n
    from priced

    union all

    select
        municipality_id, year, 'kpb_mean_cost_per_user' as indicator_id, 'service=' || service as breakdown,
        mean_cost_per_user as value, cast(null as double) as numerator, cast(null as double) as denominator, cast(null as bigint) as n
    from priced

    union all

    select
        municipality_id, year, 'kpb_pa_users_above_mean' as indicator_id, cast(null as {{ dbt.type_string() }}) as breakdown,
        users - mean_users as value, cast(null as double) as numerator, cast(null as double) as denominator, users as n
    from priced
    where service = 'personlig_assistans'

    union all

    select
        municipality_id, year, 'kpb_pa_volume_effect' as indicator_id, cast(null as {{ dbt.type_string() }}) as breakdown,
        (users - mean_users) * mean_cost_per_user as value,
        cast(null as double) as numerator, cast(null as double) as denominator, users as n
    from priced
    where service = 'personlig_assistans'

    union all

    select
        municipality_id, year, 'kpb_pa_unit_cost_above_mean' as indicator_id, cast(null as {{ dbt.type_string() }}) as breakdown,
        cost_per_user - mean_cost_per_user as value, cast(null as double) as numerator, cast(null as double) as denominator, users as n
    from priced
    where service = 'personlig_assistans'

    union all

    select
        municipality_id, year, 'kpb_pa_price_effect' as indicator_id, cast(null as {{ dbt.type_string() }}) as breakdown,
        users * (cost_per_user - mean_cost_per_user) as value, cast(null as double) as numerator, cast(null as double) as denominator,
        users as n
    from priced
    where service = 'personlig_assistans'
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit', 'staff_group') }},
    breakdown,
    'T' as gender,
    {{ day_of_year('year', '-01-01') }} as period_start,
    {{ day_of_year('year', '-12-31') }} as period_end,
    'year' as period_grain,
    'period' as measure_time,

    ---------- the figure
    value, numerator, denominator, n,
    false as is_preliminary,

    ---------- origin
    {{ register_lineage("'kpb'", 'municipality_id', 'year') }} as lineage_id

from measures
