-- The loads that a row or figure of a source delivered by the year rests on: the year's, and those of the year before where the row
-- compares with it.
-- noqa: disable=LT02
with
loads as (select * from {{ ref('stg_loads__load') }}),

registers as (
    select
        load_id, municipality_id, source,
        cast(period as integer) as year
    from loads
    where source in ('{{ registers() | join("', '") }}')
),

resting as (
    select source, municipality_id, year, load_id
    from registers

    union all

    select
        source, municipality_id,
        year + 1 as year,
        load_id
    from registers
    where source in ('grants', 'investments')
)

select
    {{ register_lineage('source', 'municipality_id', 'year') }} as lineage_id,
    load_id
from resting
