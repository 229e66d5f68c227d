with
staffing_values as (select * from {{ ref('int_hr__value') }}),
loads as (select * from {{ ref('stg_loads__load') }} where source = 'hr'),
lineages as (select distinct lineage_id, municipality_id, period_start, period_end from staffing_values),

load_months as (
    select
        load_id, municipality_id,
        {{ first_of_month('period') }} as month_start,
        {{ last_of_month(first_of_month('period')) }} as month_end
    from loads
)

select
    ---------- keys
    lineages.lineage_id, load_months.load_id

from lineages
inner join load_months
    on lineages.municipality_id = load_months.municipality_id
    and load_months.month_start <= lineages.period_end
    and load_months.month_end >= lineages.period_start
