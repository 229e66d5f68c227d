-- Which queues each year's decisions can tell of.
with
delivered_services as (select * from {{ ref('int_care__delivered_service') }}),

known_laws as (
    select municipality_id, count(distinct law) as laws
    from delivered_services
    where law in ('SoL', 'LSS')
    group by municipality_id
)

-- A law that comes in other years is missed in a year without it, in its sum with the other too.
select
    ---------- keys
    delivered_services.municipality_id, delivered_services.year,

    ---------- what the year's decisions hold
    max(case when delivered_services.housing = 'sabo' then 1 else 0 end) = 1 as has_sabo,
    max(case when delivered_services.housing = 'lss' then 1 else 0 end) = 1 as has_lss_housing,
    max(case when delivered_services.law = 'SoL' then 1 else 0 end) = 1 as has_sol,
    max(case when delivered_services.law = 'LSS' then 1 else 0 end) = 1 as has_lss,
    count(distinct case when delivered_services.law in ('SoL', 'LSS') then delivered_services.law end) = known_laws.laws as has_all

from delivered_services
inner join known_laws on delivered_services.municipality_id = known_laws.municipality_id
group by delivered_services.municipality_id, delivered_services.year, known_laws.laws
