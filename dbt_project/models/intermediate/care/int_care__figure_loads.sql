-- What a decision was is known from its latest year's row, so a figure rests on the extracts of its years and all later ones.
with
care_values as (select * from {{ ref('int_care__value') }}),
loads as (select * from {{ ref('stg_loads__load') }} where source in ('care', 'population')),

requirement as (
    select 'decisions' as subject, 'decisions' as table_name
    union all select 'offers', 'decisions'
    union all select 'offers', 'offers'
    union all select 'follow_ups', 'decisions'
    union all select 'follow_ups', 'follow_ups'
    union all select 'inhabitants', 'decisions'
    union all select 'inhabitants', 'inhabitants'
    union all select 'visits', 'visits'
    union all select 'patients', 'patients'
    union all select 'transitions', 'transitions'
    union all select 'places', 'places'
),

-- A yearly follow-up is looked for in the year before, too.
lineages as (
    select distinct
        lineage_id,
        {{ dbt.split_part('lineage_id', "':'", 2) }} as subject,
        municipality_id,
        case
            when {{ dbt.split_part('lineage_id', "':'", 2) }} = 'follow_ups' then {{ add_months('period_start', -12) }}
            else period_start
        end as first_day,
        period_end as last_day
    from care_values
),

load_periods as (
    select
        load_id, municipality_id, table_name,
        {{ first_of_month("substr(period || '-01', 1, 7)") }} as period_start,
        {{ last_of_month(first_of_month("substr(period || '-12', 1, 7)")) }} as period_end
    from loads
)

select
    ---------- keys
    lineages.lineage_id, load_periods.load_id

from lineages
inner join requirement on lineages.subject = requirement.subject
inner join load_periods
    on lineages.municipality_id = load_periods.municipality_id
    and requirement.table_name = load_periods.table_name
    and load_periods.period_end >= lineages.first_day
    and (
        load_periods.period_start <= lineages.last_day
        or load_periods.table_name in ('decisions', 'offers', 'follow_ups', 'transitions')
    )
